package dev.curfew.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All settings, found on the components of {@link CurfewConfig} and its sections. */
final class SettingCatalogue {
  private final Map<String, SettingDefinition> byKey = new LinkedHashMap<>();
  private final Map<String, SettingDefinition> byVariable = new LinkedHashMap<>();

  SettingCatalogue() {
    collect(CurfewConfig.class, "");
  }

  private void collect(Class<?> section, String prefix) {
    for (RecordComponent component : section.getRecordComponents()) {
      String key = prefix + name(component);
      Setting declared = component.getAnnotation(Setting.class);
      if (declared == null) {
        collect(component.getType(), key + ".");
        continue;
      }
      var setting = new SettingDefinition(key, component.getGenericType(), declared);
      byKey.put(key, setting);
      SettingDefinition other = byVariable.put(setting.variable(), setting);
      if (other != null) {
        throw new IllegalStateException(key + " and " + other.key() + " share a variable");
      }
    }
  }

  /** In the order of declaration. */
  Collection<SettingDefinition> all() {
    return byKey.values();
  }

  @Nullable SettingDefinition byKey(String key) {
    return byKey.get(key);
  }

  @Nullable SettingDefinition byVariable(String variable) {
    return byVariable.get(variable);
  }

  /** Whether settings stand under this key. */
  boolean isSection(String key) {
    return byKey.keySet().stream().anyMatch(k -> k.startsWith(key + "."));
  }

  /**
   * Builds the configuration.
   *
   * @param values one for every key, each of its component's type
   */
  CurfewConfig instantiate(Map<String, Object> values) {
    return (CurfewConfig) instantiate(CurfewConfig.class, "", values);
  }

  /** The settings of a section that may be there several times. */
  static Map<String, SettingDefinition> settingsOf(Class<?> section, String prefix) {
    Map<String, SettingDefinition> settings = new LinkedHashMap<>();
    for (RecordComponent component : section.getRecordComponents()) {
      Setting declared = component.getAnnotation(Setting.class);
      String key = prefix + name(component);
      settings.put(key, new SettingDefinition(key, component.getGenericType(), declared));
    }
    return settings;
  }

  static Object instantiate(Class<?> section, String prefix, Map<String, Object> values) {
    RecordComponent[] components = section.getRecordComponents();
    Object[] arguments =
        Arrays.stream(components)
            .map(
                c -> {
                  String key = prefix + name(c);
                  Object value = values.get(key);
                  return value != null ? value : instantiate(c.getType(), key + ".", values);
                })
            .toArray();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return section.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException e) {
      throw new IllegalStateException("section " + section.getSimpleName(), e);
    }
  }

  private static String name(RecordComponent component) {
    Section section = component.getAnnotation(Section.class);
    return section != null
        ? section.value()
        : component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
