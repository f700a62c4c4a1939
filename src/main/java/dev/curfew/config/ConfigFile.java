package dev.curfew.config;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads a YAML file into texts by key, each with its line. */
final class ConfigFile {
  private final Path file;
  private final SettingCatalogue catalogue;
  private final Map<String, RawValue> values;
  private final List<String> problems;

  /**
   * @param values where values are put, over what is there
   * @param problems where everything unusable is reported
   */
  ConfigFile(
      Path file, SettingCatalogue catalogue, Map<String, RawValue> values, List<String> problems) {
    this.file = file;
    this.catalogue = catalogue;
    this.values = values;
    this.problems = problems;
  }

  /**
   * @throws CurfewException BAD_CONFIGURATION when there is no reading it at all
   */
  void read() {
    Node root;
    try {
      root = new Yaml(new SafeConstructor(new LoaderOptions())).compose(reader());
    } catch (MarkedYAMLException e) {
      String place = e.getProblemMark() == null ? "" : ":" + (e.getProblemMark().getLine() + 1);
      throw unreadable(file + place + ": not well-formed YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw unreadable(file + ": not well-formed YAML");
    }
    if (root instanceof MappingNode mapping) {
      readSection(mapping, "", new HashMap<>());
    } else if (root != null && !YamlNodes.isNothing(root)) {
      problems.add(origin(root) + ": must be a mapping of settings");
    }
  }

  private Reader reader() {
    try {
      return new StringReader(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw unreadable(file + ": not UTF-8");
    } catch (IOException e) {
      throw unreadable(file + ": cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private void readSection(MappingNode section, String prefix, Map<String, String> seen) {
    for (NodeTuple entry : section.getValue()) {
      if (!(entry.getKeyNode() instanceof ScalarNode name)) {
        problems.add(origin(entry.getKeyNode()) + ": a key must be a name");
        continue;
      }
      String key = prefix + name.getValue();
      SettingDefinition setting = catalogue.byKey(key);
      if (setting != null) {
        readSetting(setting, name, entry.getValueNode(), seen);
      } else if (!catalogue.isSection(key)) {
        problems.add(origin(name) + ": unknown setting " + key + NearestName.hint(key, keys()));
      } else if (entry.getValueNode() instanceof MappingNode nested) {
        readSection(nested, key + ".", seen);
      } else if (!YamlNodes.isNothing(entry.getValueNode())) {
        problems.add(origin(name) + ": " + key + " is a section and takes no value of its own");
      }
    }
  }

  private void readSetting(
      SettingDefinition setting, ScalarNode name, Node value, Map<String, String> seen) {
    String earlier = seen.putIfAbsent(setting.key(), origin(name));
    if (earlier != null) {
      problems.add(origin(name) + ": " + setting.key() + " is set already, at " + earlier);
    } else if (setting.declared().environmentOnly()) {
      problems.add(
          origin(name) + ": " + setting.key() + " is given by " + setting.variable() + " only");
    } else {
      values.put(setting.key(), YamlNodes.raw(value, origin(name), this::origin));
    }
  }

  private List<String> keys() {
    return catalogue.all().stream().map(SettingDefinition::key).toList();
  }

  private String origin(Node node) {
    return file + ":" + (node.getStartMark().getLine() + 1);
  }

  private static CurfewException unreadable(String message) {
    return CurfewException.of(ErrorCode.BAD_CONFIGURATION, message);
  }
}
