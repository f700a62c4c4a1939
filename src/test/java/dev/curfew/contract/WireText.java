package dev.curfew.contract;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands on the wire, as the values that schemas speak of. */
final class WireText {
  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private WireText() {}

  /** Without parameters, in lower case. */
  static String mediaType(String contentType) {
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return type.strip().toLowerCase(Locale.ROOT);
  }

  /** The key of a content map under which a media type falls, exact ones before ranges. */
  static Optional<String> matching(Set<String> ranges, String mediaType) {
    String family = mediaType.replaceFirst("/.*", "/*");
    for (String candidate : new String[] {mediaType, family, "*/*"}) {
      if (ranges.contains(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  static boolean isJson(String mediaType) {
    return mediaType.equals("application/json") || mediaType.endsWith("+json");
  }

  /**
   * The text of UTF-8 bytes.
   *
   * @throws DecodeException for bytes that are not UTF-8
   */
  static String utf8(Buffer bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new DecodeException("not UTF-8", e);
    }
  }

  /**
   * The JSON value of UTF-8 bytes.
   *
   * @throws DecodeException for anything else
   */
  static @Nullable Object json(Buffer bytes) {
    return Json.decodeValue(utf8(bytes));
  }

  static String percentDecoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** A parameter's or header's text as the type that its schema asks for, if it can be that. */
  static Object typed(JsonObject schema, String text) {
    if (hasType(schema, "integer") && INTEGER.matcher(text).matches()) {
      return Long.parseLong(text);
    }
    if (hasType(schema, "number") && NUMBER.matcher(text).matches()) {
      return Double.parseDouble(text);
    }
    if (hasType(schema, "boolean") && (text.equals("true") || text.equals("false"))) {
      return Boolean.parseBoolean(text);
    }
    return text;
  }

  private static boolean hasType(JsonObject schema, String type) {
    Object declared = schema.getValue("type");
    return type.equals(declared) || (declared instanceof JsonArray any && any.contains(type));
  }
}
