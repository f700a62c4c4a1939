package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import java.util.Map;
import java.util.TreeMap;

/** What may be kept with a session token. */
final class TokenProperties {
  /** More properties than this a session cannot have. */
  static final int MOST = 64;

  static final int LONGEST_VALUE = 4_096;

  private static final String FIELD = "properties";

  private TokenProperties() {}

  /** Fails with INVALID_FIELD {@code properties}. */
  static Map<String, String> checked(Map<String, String> properties) {
    if (properties.size() > MOST) {
      throw tooMany();
    }
    Map<String, String> checked = new TreeMap<>();
    properties.forEach(
        (name, value) ->
            checked.put(checkedName(name), FieldRules.text(FIELD, value, LONGEST_VALUE)));
    return checked;
  }

  static String checkedName(String name) {
    if (FieldRules.text(FIELD, name, FieldRules.LONGEST_NAME).isEmpty()) {
      throw CurfewException.invalid(FIELD, "must have names that are not empty");
    }
    return name;
  }

  static CurfewException tooMany() {
    return CurfewException.invalid(FIELD, "must be at most " + MOST);
  }
}
