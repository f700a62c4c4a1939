package dev.curfew.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A JSON object of the capture format: text and whole numbers by name. */
final class FlatObject {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Stands for a value that is neither text nor a whole number. */
  private static final Object OTHER = new Object();

  private final String where;
  private final Map<String, Object> values;

  private FlatObject(String where, Map<String, Object> values) {
    this.where = where;
    this.values = values;
  }

  /**
   * @param where the file, and the line where that helps, for messages
   * @throws CurfewException UNPROCESSABLE when the bytes are not exactly one JSON object in UTF-8
   */
  static FlatObject parse(String where, byte[] json) {
    try (JsonParser parser = JSON.createParser(json)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw refused(where, "not a JSON object");
      }
      Map<String, Object> values = new HashMap<>();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        values.put(name, value(parser));
      }
      if (parser.nextToken() != null) {
        throw refused(where, "more than one JSON value");
      }
      return new FlatObject(where, values);
    } catch (JsonProcessingException e) {
      throw refused(where, "not well-formed JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw refused(where, "not UTF-8 text: " + e.getMessage());
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    if (token == JsonToken.VALUE_NUMBER_INT
        && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return parser.getLongValue();
    }
    parser.skipChildren();
    return OTHER;
  }

  /** Text that is not empty. */
  String text(String name) {
    if (present(name) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw refused(where, "\"" + name + "\" must be text, not empty");
  }

  /** A whole number from {@code min} to {@code max}, both included. */
  long number(String name, long min, long max) {
    if (present(name) instanceof Long number && number >= min && number <= max) {
      return number;
    }
    throw refused(where, "\"" + name + "\" must be a whole number from " + min + " to " + max);
  }

  String where() {
    return where;
  }

  private Object present(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw refused(where, "\"" + name + "\" is missing");
    }
    return value;
  }

  static CurfewException refused(String where, String reason) {
    return CurfewException.of(ErrorCode.UNPROCESSABLE, where + ": " + reason);
  }
}
