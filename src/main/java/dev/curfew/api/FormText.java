package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Reads request bodies as forms, {@code a=1&b=2}, strictly. */
final class FormText {
  private FormText() {}

  /**
   * The fields of a form, each a text.
   *
   * @throws CurfewException MALFORMED_BODY when it is not well-formed or has a field twice
   */
  static JsonObject object(Buffer body) {
    JsonObject fields = new JsonObject();
    if (body.length() == 0) {
      return fields;
    }
    for (String pair : body.toString(StandardCharsets.UTF_8).split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      if (fields.containsKey(name)) {
        throw malformed("has a field twice");
      }
      fields.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
    }
    return fields;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw malformed("has a % that does not begin an encoded character");
    }
  }

  private static CurfewException malformed(String rule) {
    return CurfewException.of(ErrorCode.MALFORMED_BODY, "body", "The form " + rule);
  }
}
