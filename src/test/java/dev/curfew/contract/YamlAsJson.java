package dev.curfew.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Reads the part of YAML that is JSON in another spelling, as OpenAPI asks for. What YAML 1.1 makes
 * more of (an unquoted date, a key that is a number) is refused: other readers would see something
 * else.
 */
final class YamlAsJson {
  private YamlAsJson() {}

  static JsonObject parse(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    Object document = new Yaml(new SafeConstructor(options)).load(yaml);
    if (toJson("#", document) instanceof JsonObject object) {
      return object;
    }
    throw new IllegalArgumentException("the document is not a mapping");
  }

  private static @Nullable Object toJson(String place, @Nullable Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long
        || value instanceof BigInteger
        || value instanceof Double) {
      return value;
    }
    if (value instanceof List<?> list) {
      JsonArray array = new JsonArray();
      for (int i = 0; i < list.size(); i++) {
        array.add(toJson(place + "/" + i, list.get(i)));
      }
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      JsonObject object = new JsonObject();
      map.forEach(
          (key, member) -> {
            if (!(key instanceof String name)) {
              throw new IllegalArgumentException(
                  place + ": the key " + key + " must be a quoted string");
            }
            object.put(name, toJson(place + "/" + JsonPointer.escape(name), member));
          });
      return object;
    }
    throw new IllegalArgumentException(
        place + ": " + value + " is a " + value.getClass().getSimpleName() + "; quote it");
  }
}
