package dev.curfew.config;

import java.lang.reflect.Type;
import java.util.Locale;

/**
 * A setting as {@link CurfewConfig} declares it.
 *
 * @param key where it stands in the file, with dots
 * @param type of the record component
 */
record SettingDefinition(String key, Type type, Setting declared) {
  static final String VARIABLE_PREFIX = "CURFEW_";

  /** The environment variable that overrides the file. */
  String variable() {
    return VARIABLE_PREFIX + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  RawValue defaultValue() {
    return new RawValue.Text(declared.value(), "default");
  }
}
