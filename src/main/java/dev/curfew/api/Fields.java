package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a request body, read by name and type. A value of another type, or outside its
 * range, fails with {@link CurfewException} INVALID_FIELD naming the field; a JSON null counts as
 * absent.
 */
public final class Fields {
  /** Longest text taken where a field has no limit of its own. */
  public static final int LONGEST_TEXT = 4_096;

  private final JsonObject json;
  private final String prefix;

  public Fields(JsonObject json) {
    this(json, "");
  }

  private Fields(JsonObject json, String prefix) {
    this.json = json;
    this.prefix = prefix;
  }

  public boolean has(String field) {
    return json.getValue(field) != null;
  }

  public JsonObject json() {
    return json;
  }

  private String named(String field) {
    return prefix + field;
  }

  private CurfewException invalid(String field, String rule) {
    return CurfewException.invalid(named(field), rule);
  }

  /** Fails for a field that is not one of these, naming it. */
  public void requireOnly(Set<String> known) {
    for (String field : json.fieldNames()) {
      if (!known.contains(field)) {
        throw invalid(field, "is not a field of this call");
      }
    }
  }

  private Object required(String field) {
    Object value = json.getValue(field);
    if (value == null) {
      throw invalid(field, "is required");
    }
    return value;
  }

  public String text(String field) {
    return text(field, LONGEST_TEXT);
  }

  /** A text that is there and not blank. */
  public String text(String field, int longest) {
    required(field);
    String text = optionalText(field, longest);
    if (text == null || text.isBlank()) {
      throw invalid(field, "must not be empty");
    }
    return text;
  }

  public @Nullable String optionalText(String field) {
    return optionalText(field, LONGEST_TEXT);
  }

  public @Nullable String optionalText(String field, int longest) {
    Object value = json.getValue(field);
    if (value == null) {
      return null;
    }
    if (!(value instanceof String text)) {
      throw invalid(field, "must be a string");
    }
    if (text.length() > longest) {
      throw invalid(field, "must be at most " + longest + " characters");
    }
    if (text.indexOf('\0') >= 0) {
      throw invalid(field, "must not contain the NUL character");
    }
    return text;
  }

  public long integer(String field, long least, long most) {
    required(field);
    Long value = optionalInteger(field, least, most);
    if (value == null) {
      throw invalid(field, "is required");
    }
    return value;
  }

  public @Nullable Long optionalInteger(String field, long least, long most) {
    Object value = json.getValue(field);
    if (value == null) {
      return null;
    }
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= least && number <= most) {
        return number;
      }
      throw invalid(field, range(least, most));
    }
    if (value instanceof java.math.BigInteger) {
      throw invalid(field, range(least, most));
    }
    throw invalid(field, "must be a whole number");
  }

  private static String range(long least, long most) {
    return most == Long.MAX_VALUE
        ? "must be at least " + least
        : "must be from " + least + " to " + most;
  }

  public @Nullable Boolean optionalBool(String field) {
    Object value = json.getValue(field);
    if (value == null) {
      return null;
    }
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw invalid(field, "must be true or false");
  }

  public boolean bool(String field, boolean otherwise) {
    Boolean value = optionalBool(field);
    return value == null ? otherwise : value;
  }

  public UUID uuid(String field) {
    return uuid(named(field), text(field, 64));
  }

  public @Nullable UUID optionalUuid(String field) {
    String text = optionalText(field, 64);
    return text == null ? null : uuid(named(field), text);
  }

  /** A UUID in its canonical form of 36 characters. */
  public static UUID uuid(String field, String text) {
    try {
      if (text.length() == 36) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException e) {
      throw CurfewException.invalid(field, "must be a UUID");
    }
    throw CurfewException.invalid(field, "must be a UUID");
  }

  /** A text or a number, as text: ids of either form. */
  public @Nullable String optionalId(String field) {
    Object value = json.getValue(field);
    return value instanceof Integer || value instanceof Long
        ? value.toString()
        : optionalText(field, 256);
  }

  public String id(String field) {
    required(field);
    String id = optionalId(field);
    if (id == null || id.isBlank()) {
      throw invalid(field, "must not be empty");
    }
    return id;
  }

  /** A list of texts; empty when absent. */
  public List<String> texts(String field, int most) {
    JsonArray array = optionalArray(field, most);
    List<String> texts = new ArrayList<>();
    for (int i = 0; array != null && i < array.size(); i++) {
      if (!(array.getValue(i) instanceof String text) || text.indexOf('\0') >= 0) {
        throw invalid(field + "[" + i + "]", "must be a string");
      }
      texts.add(text);
    }
    return texts;
  }

  public @Nullable JsonArray optionalArray(String field, int most) {
    Object value = json.getValue(field);
    if (value == null) {
      return null;
    }
    if (!(value instanceof JsonArray array)) {
      throw invalid(field, "must be an array");
    }
    if (array.size() > most) {
      throw invalid(field, "must have at most " + most + " elements");
    }
    return array;
  }

  /** An object inside; empty when absent. */
  public Fields object(String field) {
    Object value = json.getValue(field);
    if (value == null) {
      return new Fields(new JsonObject(), named(field) + ".");
    }
    if (!(value instanceof JsonObject object)) {
      throw invalid(field, "must be an object");
    }
    return new Fields(object, named(field) + ".");
  }

  public <E extends Enum<E>> E oneOf(String field, Class<E> type) {
    String text = text(field, 64);
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
        return constant;
      }
    }
    StringBuilder names = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      names.append(names.isEmpty() ? "" : ", ").append(constant.name().toLowerCase(Locale.ROOT));
    }
    throw invalid(field, "must be one of " + names);
  }
}
