package dev.curfew.replay;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** One JSON object of a capture, whose fields are all known and all there; refusals say where. */
final class CaptureEntry {
  private final String where;
  private final JsonObject fields;

  /**
   * Parses an object.
   *
   * @param where file and line, for messages
   * @param names every field that it must have; it may have no other
   */
  CaptureEntry(String where, String json, Set<String> names) {
    this.where = where;
    this.fields = parse(where, json);
    for (String name : new TreeSet<>(names)) {
      if (fields.getValue(name) == null) {
        throw wrong(name, "is missing");
      }
    }
    for (String name : fields.fieldNames()) {
      if (!names.contains(name)) {
        throw wrong(name, "is not a field of a capture");
      }
    }
  }

  String string(String name) {
    if (fields.getValue(name) instanceof String text && !text.isEmpty()) {
      return text;
    }
    throw wrong(name, "must be text");
  }

  long number(String name, long least, long most) {
    Object value = fields.getValue(name);
    if (!(value instanceof Integer || value instanceof Long)) {
      throw wrong(name, "must be a whole number");
    }
    long number = ((Number) value).longValue();
    if (number < least || number > most) {
      throw wrong(name, "must be from " + least + " to " + most);
    }
    return number;
  }

  /** The time of this entry, epoch milliseconds. */
  long at() {
    return number("at", 0, Long.MAX_VALUE);
  }

  /** The name of a file that lies inside the capture. */
  String fileInside(String name) {
    String file = string(name);
    boolean leadsOut = file.startsWith("/") || List.of(file.split("/", -1)).contains("..");
    if (leadsOut || file.indexOf('\\') >= 0 || file.indexOf('\0') >= 0) {
      throw wrong(name, "must be a file inside the capture");
    }
    return file;
  }

  CurfewException wrong(String name, String rule) {
    return CurfewException.of(ErrorCode.INVALID_FIELD, name, where + ": " + name + " " + rule);
  }

  private static JsonObject parse(String where, String json) {
    try {
      return new JsonObject(json);
    } catch (DecodeException e) {
      throw CurfewException.of(ErrorCode.INVALID_FIELD, where + ": not a JSON object");
    }
  }
}
