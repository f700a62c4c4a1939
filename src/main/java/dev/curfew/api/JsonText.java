package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Reads request bodies as JSON, strictly, and writes answers. By the streaming half of the codec:
 * nothing here needs the binding of objects, which costs more than small texts themselves.
 */
public final class JsonText {
  private static final JacksonCodec CODEC = new JacksonCodec();

  private JsonText() {}

  /** The text of an answer. */
  static Buffer of(Object json) {
    return CODEC.toBuffer(json);
  }

  /**
   * The JSON object of a body; an empty one where there is no body.
   *
   * @throws CurfewException MALFORMED_BODY when it is not UTF-8, not JSON, or not an object
   */
  public static JsonObject object(Buffer body) {
    if (body.length() == 0) {
      return new JsonObject();
    }
    String text = utf8(body);
    try {
      return text.equals("{}") ? new JsonObject() : object(text);
    } catch (DecodeException e) {
      throw malformed("The body must be a JSON object" + where(e));
    }
  }

  @SuppressWarnings("unchecked")
  private static JsonObject object(String text) {
    Map<String, Object> members = CODEC.fromString(text, Map.class);
    if (members == null) {
      throw malformed("The body must be a JSON object");
    }
    return new JsonObject(members);
  }

  private static String utf8(Buffer body) {
    byte[] bytes = body.getBytes();
    if (isAscii(bytes)) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw malformed("The body must be UTF-8");
    }
  }

  private static boolean isAscii(byte[] bytes) {
    byte all = 0;
    for (byte b : bytes) {
      all |= b;
    }
    return all >= 0;
  }

  /** Where the parser stopped; never what it read, which may be a secret. */
  private static String where(DecodeException failure) {
    Throwable cause = failure.getCause();
    if (cause instanceof com.fasterxml.jackson.core.JsonProcessingException parsing
        && parsing.getLocation() != null) {
      return " (line "
          + parsing.getLocation().getLineNr()
          + ", column "
          + parsing.getLocation().getColumnNr()
          + ")";
    }
    return "";
  }

  private static CurfewException malformed(String message) {
    return CurfewException.of(ErrorCode.MALFORMED_BODY, "body", message);
  }
}
