package dev.curfew.alert;

import dev.curfew.auth.CredentialHeaders;
import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client says on the bridge. What it would send is not kept, since nothing can be sent.
 *
 * @param address empty where the type needs none
 * @param replyAddress where a {@code send} expects its answer
 * @param credential of the frame's headers; null for that of the connection
 * @param after the header of that name: the id of the event to go on after
 */
record BridgeFrame(
    Type type,
    String address,
    @Nullable String replyAddress,
    @Nullable String credential,
    @Nullable String after) {

  enum Type {
    PING,
    REGISTER,
    UNREGISTER,
    SEND,
    PUBLISH
  }

  /** Longest reply address, in characters; that of the standard bridge. */
  private static final int LONGEST_REPLY_ADDRESS = 36;

  private static final String AFTER = "after";

  /** The headers that mean something; clients may send others. */
  private static final List<CharSequence> READ = List.of("Authorization", "X-API-Key", AFTER);

  /** A frame that cannot be understood. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient BridgeRefusal refusal;

    Malformed(BridgeRefusal refusal) {
      super(refusal.message(), null, false, false);
      this.refusal = refusal;
    }

    BridgeRefusal refusal() {
      return refusal;
    }
  }

  /** Reads a frame, on whose size the transport has looked. */
  static BridgeFrame parse(Buffer text) throws Malformed {
    JsonObject frame = ClientFrames.object(text);
    if (frame == null) {
      throw new Malformed(BridgeRefusal.NO_JSON);
    }
    Type type = type(frame);
    if (type == Type.PING) {
      return new BridgeFrame(type, "", null, null, null);
    }
    if (!(frame.getValue("address") instanceof String address)) {
      throw new Malformed(BridgeRefusal.NO_ADDRESS);
    }
    if (address.length() > BridgeAddress.LONGEST) {
      throw new Malformed(BridgeRefusal.LONG_ADDRESS);
    }
    Object replyAddress = frame.getValue("replyAddress");
    if (replyAddress != null
        && !(replyAddress instanceof String text36 && text36.length() <= LONGEST_REPLY_ADDRESS)) {
      throw new Malformed(BridgeRefusal.LONG_REPLY_ADDRESS);
    }
    JsonObject headers = headers(frame);
    return new BridgeFrame(
        type,
        address,
        (String) replyAddress,
        CredentialHeaders.credential(name -> header(headers, name)),
        header(headers, AFTER));
  }

  private static Type type(JsonObject frame) throws Malformed {
    if (!(frame.getValue("type") instanceof String type)) {
      throw new Malformed(BridgeRefusal.NO_TYPE);
    }
    return switch (type) {
      case "ping" -> Type.PING;
      case "register" -> Type.REGISTER;
      case "unregister" -> Type.UNREGISTER;
      case "send" -> Type.SEND;
      case "publish" -> Type.PUBLISH;
      default -> throw new Malformed(BridgeRefusal.NO_SUCH_TYPE);
    };
  }

  private static JsonObject headers(JsonObject frame) throws Malformed {
    Object headers = frame.getValue("headers");
    if (headers == null) {
      return new JsonObject();
    }
    if (headers instanceof JsonObject object
        && READ.stream().map(name -> value(object, name)).allMatch(BridgeFrame::isText)) {
      return object;
    }
    throw new Malformed(BridgeRefusal.BAD_HEADERS);
  }

  private static boolean isText(@Nullable Object value) {
    return value == null || value instanceof String;
  }

  private static @Nullable String header(JsonObject headers, CharSequence name) {
    return (String) value(headers, name);
  }

  private static @Nullable Object value(JsonObject headers, CharSequence name) {
    for (Map.Entry<String, Object> header : headers) {
      if (AsciiString.contentEqualsIgnoreCase(header.getKey(), name)) {
        return header.getValue();
      }
    }
    return null;
  }
}
