package dev.curfew.alert;

import dev.curfew.fault.CurfewException;
import dev.curfew.store.EventCursor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a client says on its WebSocket: acknowledgements, {@code {"ack":"<id>"}}, and nothing else.
 * An acknowledgement is checked and changes nothing: where to go on is for the client to know.
 */
final class ClientFrames {
  /** Longest message, in bytes. */
  static final int LONGEST = 64 * 1024;

  /** Why the connection must be closed. */
  record Refusal(CloseCode code, String reason) {}

  private Buffer message = Buffer.buffer();

  /** Takes a frame; null when it is acceptable. */
  @Nullable Refusal accept(WebSocketFrame frame) {
    if (frame.isBinary()) {
      return new Refusal(CloseCode.UNSUPPORTED_DATA, "only text frames are understood");
    }
    if (!frame.isText() && !frame.isContinuation()) {
      return null;
    }
    Buffer part = frame.binaryData();
    if (message.length() + part.length() > LONGEST) {
      return tooBig();
    }
    message.appendBuffer(part);
    if (!frame.isFinal()) {
      return null;
    }
    Buffer whole = message;
    message = Buffer.buffer();
    return judge(whole);
  }

  static Refusal tooBig() {
    return new Refusal(CloseCode.TOO_BIG, "a message may have " + LONGEST + " bytes");
  }

  /** The JSON object that a client has sent; null when it is anything else, or not in UTF-8. */
  static @Nullable JsonObject object(Buffer message) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(message.getBytes()))
              .toString();
      return Json.decodeValue(text) instanceof JsonObject object ? object : null;
    } catch (CharacterCodingException | DecodeException malformed) {
      return null;
    }
  }

  private static @Nullable Refusal judge(Buffer message) {
    JsonObject object = object(message);
    if (object == null) {
      return new Refusal(CloseCode.INVALID_DATA, "a message must be a JSON object in UTF-8");
    }
    if (object.size() != 1 || !object.containsKey("ack")) {
      return new Refusal(CloseCode.UNSUPPORTED_DATA, "only {\"ack\":\"<id>\"} is understood");
    }
    if (object.getValue("ack") instanceof String id) {
      try {
        EventCursor.parse("ack", id);
        return null;
      } catch (CurfewException unknown) {
        return new Refusal(CloseCode.INVALID_DATA, unknown.getMessage());
      }
    }
    return new Refusal(CloseCode.INVALID_DATA, "ack must be the id of an event");
  }
}
