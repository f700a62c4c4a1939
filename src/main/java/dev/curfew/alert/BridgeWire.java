package dev.curfew.alert;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What the bridge says, as Vert.x's own bridges write it: {@code EventBusBridgeImpl} of vertx-web,
 * {@code FrameHelper} of vertx-tcp-eventbus-bridge.
 */
enum BridgeWire {
  SOCKJS {
    @Override
    @Nullable String pong() {
      return null;
    }

    @Override
    String beforeBody(String address) {
      return "{\"type\":\"rec\",\"address\":" + Json.encode(address) + ",\"body\":";
    }

    @Override
    String afterBody() {
      return "}";
    }

    @Override
    void explain(JsonObject err, BridgeRefusal refusal) {
      err.put("message", refusal.message()).put("body", refusal.word());
    }
  },

  TCP {
    @Override
    String pong() {
      return "{\"type\":\"pong\"}";
    }

    @Override
    String beforeBody(String address) {
      return "{\"type\":\"message\",\"address\":"
          + Json.encode(address)
          + ",\"headers\":{},\"body\":";
    }

    @Override
    String afterBody() {
      return ",\"send\":false}";
    }

    @Override
    void explain(JsonObject err, BridgeRefusal refusal) {
      err.put("message", refusal.word()).put("reason", refusal.message());
    }
  };

  /** The answer to a ping; null where there is none. */
  abstract @Nullable String pong();

  /** A message under an address, up to its body. */
  abstract String beforeBody(String address);

  abstract String afterBody();

  abstract void explain(JsonObject err, BridgeRefusal refusal);

  /**
   * A refusal.
   *
   * @param address under which a client waits for an answer; null for none
   * @param about the address that the refused frame named; null for none
   */
  String err(@Nullable String address, @Nullable String about, BridgeRefusal refusal) {
    JsonObject err = new JsonObject().put("type", "err");
    if (address != null) {
      err.put("address", address);
    }
    if (about != null && !about.equals(address)) {
      err.put("sourceAddress", about);
    }
    err.put("failureCode", refusal.failureCode()).put("failureType", "RECIPIENT_FAILURE");
    explain(err, refusal);
    return err.encode();
  }
}
