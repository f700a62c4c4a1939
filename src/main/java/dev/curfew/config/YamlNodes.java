package dev.curfew.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** What YAML holds for a setting. */
final class YamlNodes {
  private YamlNodes() {}

  static boolean isNothing(Node node) {
    return Tag.NULL.equals(node.getTag());
  }

  /**
   * @param origin where the setting stands
   * @param originOf where a node stands
   */
  static RawValue raw(Node value, String origin, Function<Node, String> originOf) {
    if (isNothing(value)) {
      return new RawValue.Text("", origin);
    }
    if (value instanceof ScalarNode scalar) {
      return new RawValue.Text(scalar.getValue().strip(), origin);
    }
    if (value instanceof SequenceNode sequence) {
      List<Node> items = sequence.getValue();
      return !items.isEmpty() && items.stream().allMatch(MappingNode.class::isInstance)
          ? entries(items, origin, originOf)
          : items(items, origin, originOf);
    }
    return new RawValue.Unusable("is a setting, not a section", origin);
  }

  /** Entries that were written in one text, as in a variable. */
  static RawValue entries(RawValue.Text text) {
    try {
      Node root =
          new Yaml(new SafeConstructor(new LoaderOptions())).compose(new StringReader(text.text()));
      if (root != null) {
        return raw(root, text.origin(), node -> text.origin());
      }
    } catch (YAMLException malformed) {
      return new RawValue.Unusable("is not well-formed YAML or JSON", text.origin());
    }
    return text;
  }

  private static RawValue items(List<Node> nodes, String origin, Function<Node, String> originOf) {
    List<RawValue.Text> items = new ArrayList<>();
    for (Node item : nodes) {
      if (!(item instanceof ScalarNode scalar)) {
        return new RawValue.Unusable("takes a list of plain values", originOf.apply(item));
      }
      items.add(new RawValue.Text(scalar.getValue().strip(), originOf.apply(item)));
    }
    return new RawValue.Items(items, origin);
  }

  private static RawValue entries(
      List<Node> nodes, String origin, Function<Node, String> originOf) {
    List<Map<String, RawValue>> entries = new ArrayList<>();
    for (Node node : nodes) {
      Map<String, RawValue> entry = new LinkedHashMap<>();
      for (NodeTuple pair : ((MappingNode) node).getValue()) {
        String place = originOf.apply(pair.getKeyNode());
        if (!(pair.getKeyNode() instanceof ScalarNode name)
            || entry.put(name.getValue(), raw(pair.getValueNode(), place, originOf)) != null) {
          return new RawValue.Unusable("has an entry with a key that is no name or twice", place);
        }
      }
      entries.add(entry);
    }
    return new RawValue.Entries(entries, origin);
  }
}
