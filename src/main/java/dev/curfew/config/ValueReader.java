package dev.curfew.config;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads what was written for a setting as the setting's type, and checks its range. */
final class ValueReader {
  private static final int QUOTED_LENGTH = 60;
  private static final String FILE = "file:";
  private static final String VARIABLE = "env:";

  private ValueReader() {}

  /**
   * @return the value, or nothing after each reason against it was added to the problems
   */
  static Optional<Object> read(SettingDefinition setting, RawValue raw, List<String> problems) {
    try {
      return Optional.of(read(setting, raw));
    } catch (SettingRefused refused) {
      problems.add(raw.origin() + ": " + setting.key() + " " + refused.reason());
      return Optional.empty();
    }
  }

  private static Object read(SettingDefinition setting, RawValue raw) throws SettingRefused {
    if (raw instanceof RawValue.Unusable unusable) {
      throw new SettingRefused(unusable.reason());
    }
    if (setting.type() instanceof ParameterizedType generic) {
      Class<?> element = (Class<?>) generic.getActualTypeArguments()[0];
      if (element.isRecord()) {
        return entries(setting, element, raw);
      }
      if (generic.getRawType() == Optional.class) {
        String text = single(raw);
        return text.isBlank() || text.equals("none")
            ? Optional.empty()
            : Optional.of(one(setting, element, text));
      }
      List<RawValue.Text> items = items(raw);
      List<Object> values = new ArrayList<>();
      for (RawValue.Text item : items) {
        values.add(one(setting, element, item.text()));
      }
      return generic.getRawType() == Set.class
          ? Collections.unmodifiableSet(new LinkedHashSet<>(values))
          : List.copyOf(values);
    }
    return one(setting, (Class<?>) setting.type(), single(raw));
  }

  private static List<RawValue.Text> items(RawValue raw) throws SettingRefused {
    if (raw instanceof RawValue.Items sequence) {
      return sequence.items();
    }
    if (raw instanceof RawValue.Text text) {
      return RawValue.split(text).toList();
    }
    throw new SettingRefused("takes a list of plain values");
  }

  /** Things that are configured each with settings of its own. */
  private static List<Object> entries(SettingDefinition setting, Class<?> type, RawValue raw)
      throws SettingRefused {
    RawValue written =
        raw instanceof RawValue.Text text && !text.text().isBlank() ? YamlNodes.entries(text) : raw;
    if (written instanceof RawValue.Unusable unusable) {
      throw new SettingRefused(unusable.reason());
    }
    if (written instanceof RawValue.Entries list) {
      List<Object> entries = new ArrayList<>();
      for (Map<String, RawValue> entry : list.entries()) {
        String place = setting.key() + "[" + entries.size() + "]";
        entries.add(SettingCatalogue.instantiate(type, place + ".", entry(type, place, entry)));
      }
      return List.copyOf(entries);
    }
    boolean none =
        written instanceof RawValue.Text text
            ? text.text().isBlank()
            : written instanceof RawValue.Items items && items.items().isEmpty();
    if (!none) {
      throw new SettingRefused("takes a list of entries, each with settings of its own");
    }
    return List.of();
  }

  private static Map<String, Object> entry(
      Class<?> type, String place, Map<String, RawValue> written) throws SettingRefused {
    Map<String, SettingDefinition> settings = SettingCatalogue.settingsOf(type, place + ".");
    for (String name : written.keySet()) {
      if (!settings.containsKey(place + "." + name)) {
        throw new SettingRefused("has no setting " + quoted(name) + " in its entries");
      }
    }
    Map<String, Object> values = new HashMap<>();
    for (SettingDefinition setting : settings.values()) {
      RawValue raw =
          written.getOrDefault(setting.key().substring(place.length() + 1), setting.defaultValue());
      try {
        values.put(setting.key(), read(setting, raw));
      } catch (SettingRefused refused) {
        throw new SettingRefused("is unusable: " + setting.key() + " " + refused.reason());
      }
    }
    return values;
  }

  private static String single(RawValue raw) throws SettingRefused {
    if (raw instanceof RawValue.Text text) {
      return text.text();
    }
    throw new SettingRefused("takes one value, not a list");
  }

  private static Object one(SettingDefinition setting, Class<?> type, String text)
      throws SettingRefused {
    if (text.isBlank()) {
      throw new SettingRefused("has no value");
    }
    try {
      Object value = parse(type, text);
      checkRange(setting.declared(), type, value);
      return value;
    } catch (SettingRefused refused) {
      // What was meant to be a reference may be a key.
      throw type == Secret.class || type == KeyReference.class
          ? refused
          : new SettingRefused(refused.reason() + ", not " + quoted(text));
    }
  }

  private static Object parse(Class<?> type, String text) throws SettingRefused {
    if (type == String.class) {
      return text;
    }
    if (type == int.class) {
      return wholeNumber(text);
    }
    if (type == boolean.class) {
      return truth(text);
    }
    if (type == Duration.class) {
      return DurationText.parse(text);
    }
    if (type == ByteSize.class) {
      return ByteSize.parse(text);
    }
    if (type == CidrBlock.class) {
      return CidrBlock.parse(text);
    }
    if (type == Path.class) {
      return path(text);
    }
    if (type == Secret.class) {
      return secret(text);
    }
    if (type == KeyReference.class) {
      return keyReference(text);
    }
    if (type.isEnum()) {
      return oneOf(type.getEnumConstants(), text);
    }
    throw new IllegalStateException("no settings of type " + type.getName());
  }

  private static Integer wholeNumber(String text) throws SettingRefused {
    if (!text.matches("-?[0-9]+")) {
      throw new SettingRefused("must be a whole number");
    }
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new SettingRefused("must be a whole number of at most nine digits");
    }
  }

  private static Boolean truth(String text) throws SettingRefused {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new SettingRefused("must be true or false");
    };
  }

  private static Path path(String text) throws SettingRefused {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new SettingRefused("must be a path");
    }
  }

  /** Where the key is, with the key itself; never the key in the settings. */
  private static KeyReference keyReference(String text) throws SettingRefused {
    if (!text.startsWith(FILE) && !text.startsWith(VARIABLE)) {
      throw new SettingRefused("must name keys by file:PATH or env:NAME");
    }
    Secret secret = secret(text);
    if (!CrossChecks.isKey(secret)) {
      throw new SettingRefused(
          "names " + quoted(text) + ", which is not base64 of " + CrossChecks.KEY_BYTES + " bytes");
    }
    return new KeyReference(text, secret);
  }

  /**
   * {@code file:} names a file that holds the secret, as container platforms hand them out, {@code
   * env:} a variable of the process.
   */
  private static Secret secret(String text) throws SettingRefused {
    if (text.startsWith(VARIABLE)) {
      String name = text.substring(VARIABLE.length());
      String value = System.getenv(name);
      if (value == null || value.isBlank()) {
        throw new SettingRefused("names a variable that is not set, " + quoted(name));
      }
      return Secret.of(value.strip());
    }
    if (!text.startsWith(FILE)) {
      return Secret.of(text);
    }
    String file = text.substring(FILE.length());
    try {
      String content = Files.readString(path(file)).strip();
      if (content.isEmpty()) {
        throw new SettingRefused("names an empty file, " + quoted(file));
      }
      return Secret.of(content);
    } catch (IOException e) {
      throw new SettingRefused("names a file that cannot be read as text, " + quoted(file));
    }
  }

  private static Object oneOf(Object[] constants, String text) throws SettingRefused {
    for (Object constant : constants) {
      if (constant.toString().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new SettingRefused(
        "must be one of "
            + Arrays.stream(constants).map(Object::toString).collect(Collectors.joining(", ")));
  }

  private static void checkRange(Setting declared, Class<?> type, Object value)
      throws SettingRefused {
    boolean low = !declared.min().isEmpty() && compare(value, parse(type, declared.min())) < 0;
    boolean high = !declared.max().isEmpty() && compare(value, parse(type, declared.max())) > 0;
    if (low || high) {
      throw new SettingRefused("must be from " + declared.min() + " to " + declared.max());
    }
  }

  @SuppressWarnings("unchecked") // both were read as the same type
  private static int compare(Object a, Object b) {
    return ((Comparable<Object>) a).compareTo(b);
  }

  private static String quoted(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", "?");
    return printable.length() <= QUOTED_LENGTH
        ? "'" + printable + "'"
        : "'" + printable.substring(0, QUOTED_LENGTH) + "...'";
  }
}
