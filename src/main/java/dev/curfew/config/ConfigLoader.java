package dev.curfew.config;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts a configuration together. Later sources win: defaults, {@link #fallback}, {@link #file},
 * {@link #environment}, {@link #override}; in which order they are given does not matter.
 */
public final class ConfigLoader {
  /** Read when it exists and no other file is named. */
  public static final Path DEFAULT_FILE = Path.of("conf", "curfew.yaml");

  /** What the commands read that talk to a node; it may well stand in a node's environment too. */
  private static final Pattern CLIENT = Pattern.compile("CURFEW_CLIENT_(URL|KEY)");

  /** What Kubernetes sets in every pod beside a service that is called curfew. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "CURFEW(_\\w+)?_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP)(_\\w+)?)?)");

  private final SettingCatalogue catalogue = new SettingCatalogue();
  private final Map<String, String> fallbacks = new LinkedHashMap<>();
  private final Map<String, String> overrides = new LinkedHashMap<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private @Nullable Path file;

  /**
   * The settings of a node that is started with this file and these variables.
   *
   * @param file none for {@link #DEFAULT_FILE}, if there is one
   */
  public static ConfigLoader ofNode(@Nullable Path file, Map<String, String> variables) {
    ConfigLoader loader = new ConfigLoader();
    return (file == null ? loader.defaultFile() : loader.file(file)).environment(variables);
  }

  /** Other defaults than the shipped ones, for a command that needs them. */
  public ConfigLoader fallback(Map<String, String> settings) {
    fallbacks.putAll(settings);
    return this;
  }

  /** A file that must exist. */
  public ConfigLoader file(Path yaml) {
    file = yaml;
    return this;
  }

  /** {@link #DEFAULT_FILE}, if there is one. */
  public ConfigLoader defaultFile() {
    file = Files.exists(DEFAULT_FILE) ? DEFAULT_FILE : null;
    return this;
  }

  /** The process's variables; only {@code CURFEW_*} are looked at. */
  public ConfigLoader environment(Map<String, String> variables) {
    environment.putAll(variables);
    return this;
  }

  /** What the command line says, by key. */
  public ConfigLoader override(Map<String, String> settings) {
    overrides.putAll(settings);
    return this;
  }

  /**
   * Reads everything and checks it.
   *
   * @throws CurfewException BAD_CONFIGURATION, with one line for every problem there is
   */
  public CurfewConfig load() {
    List<String> problems = new ArrayList<>();
    Map<String, RawValue> raw = new LinkedHashMap<>();
    catalogue.all().forEach(setting -> raw.put(setting.key(), setting.defaultValue()));
    readSettings(fallbacks, "default", raw, problems);
    if (file != null) {
      new ConfigFile(file, catalogue, raw, problems).read();
    }
    readEnvironment(raw, problems);
    readSettings(overrides, "option", raw, problems);

    Map<String, Object> values = new HashMap<>();
    for (SettingDefinition setting : catalogue.all()) {
      ValueReader.read(setting, expand(setting, raw), problems)
          .ifPresent(value -> values.put(setting.key(), value));
    }
    refuseIfAny(problems);
    CurfewConfig config = catalogue.instantiate(values);
    CrossChecks.check(
        config, (key, reason) -> problems.add(originOf(raw, key) + ": " + key + " " + reason));
    refuseIfAny(problems);
    return config;
  }

  private void readSettings(
      Map<String, String> settings,
      String origin,
      Map<String, RawValue> raw,
      List<String> problems) {
    settings.forEach(
        (key, text) -> {
          if (catalogue.byKey(key) == null) {
            problems.add(origin + ": unknown setting " + key);
          } else {
            raw.put(key, new RawValue.Text(text.strip(), origin));
          }
        });
  }

  private void readEnvironment(Map<String, RawValue> raw, List<String> problems) {
    environment.forEach(
        (variable, text) -> {
          if (!variable.startsWith(SettingDefinition.VARIABLE_PREFIX)) {
            return;
          }
          SettingDefinition setting = catalogue.byVariable(variable);
          if (setting != null) {
            raw.put(setting.key(), new RawValue.Text(text.strip(), variable));
          } else if (!CLIENT.matcher(variable).matches()
              && !SERVICE_LINK.matcher(variable).matches()) {
            List<String> known = catalogue.all().stream().map(SettingDefinition::variable).toList();
            problems.add(variable + ": unknown setting" + NearestName.hint(variable, known));
          }
        });
  }

  private static RawValue expand(SettingDefinition setting, Map<String, RawValue> raw) {
    RawValue value = originalOf(raw, setting.key());
    if (!(value instanceof RawValue.Text text)) {
      return value;
    }
    String expanded = text.text();
    if (setting.type() == Path.class
        && expanded.contains("${data.dir}")
        && originalOf(raw, "data.dir") instanceof RawValue.Text dataDir) {
      expanded = expanded.replace("${data.dir}", dataDir.text());
    }
    if (setting.key().equals("node.name") && expanded.contains("${host.name}")) {
      expanded = expanded.replace("${host.name}", hostName());
    }
    return new RawValue.Text(expanded, text.origin());
  }

  private static RawValue originalOf(Map<String, RawValue> raw, String key) {
    RawValue value = raw.get(key);
    if (value == null) {
      throw new IllegalStateException("no setting " + key);
    }
    return value;
  }

  private static String originOf(Map<String, RawValue> raw, String key) {
    return originalOf(raw, key).origin();
  }

  /** The kernel's own answer where there is one, since Java's may wait for a name server. */
  private static String hostName() {
    try {
      Path kernel = Path.of("/proc/sys/kernel/hostname");
      return Files.exists(kernel)
          ? Files.readString(kernel).strip()
          : InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "node";
    }
  }

  private static void refuseIfAny(List<String> problems) {
    if (!problems.isEmpty()) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          "the configuration cannot be used:\n  " + String.join("\n  ", problems));
    }
  }
}
