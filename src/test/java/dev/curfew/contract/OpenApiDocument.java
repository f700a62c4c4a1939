package dev.curfew.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An OpenAPI 3.1 document without references to the outside. */
final class OpenApiDocument {
  static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  private final String name;
  private final JsonObject root;
  private final List<Operation> operations;

  private OpenApiDocument(String name, JsonObject root) {
    this.name = name;
    this.root = root;
    this.operations = List.copyOf(readOperations());
  }

  /** The document that the program itself serves for a dialect. */
  static OpenApiDocument load(String dialect) {
    String resource = "/openapi/" + dialect + ".yaml";
    try (InputStream in = OpenApiDocument.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + resource);
      }
      return parse(dialect + ".yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @param name how messages call it
   */
  static OpenApiDocument parse(String name, String yaml) {
    return new OpenApiDocument(name, YamlAsJson.parse(yaml));
  }

  String name() {
    return name;
  }

  JsonObject root() {
    return root;
  }

  List<Operation> operations() {
    return operations;
  }

  /** Where the schema of the dialect's errors is. */
  String errorSchema() {
    return root.getString("x-error-schema", "");
  }

  /** The operation with the fewest parts in braces whose template the path fits. */
  Optional<Operation> operation(String method, String path) {
    return operations.stream()
        .filter(o -> o.method().equals(method) && o.path().match(path).isPresent())
        .min(Comparator.comparingInt(o -> o.path().names().size()));
  }

  /** Whether there is an operation on the path, with whatever method. */
  boolean hasPath(String path) {
    return operations.stream().anyMatch(o -> o.path().match(path).isPresent());
  }

  /** What the object refers to, through any number of references; or the object itself. */
  JsonObject resolve(JsonObject object) {
    JsonObject resolved = object;
    for (int hops = 0; resolved.getValue("$ref") instanceof String pointer; hops++) {
      if (hops == 16 || !(JsonPointer.find(root, pointer) instanceof JsonObject target)) {
        throw new IllegalStateException(name + ": " + pointer + " leads nowhere");
      }
      resolved = target;
    }
    return resolved;
  }

  /** A member that is an object, with its reference resolved; an empty object when absent. */
  JsonObject member(JsonObject object, String key) {
    return object.getValue(key) instanceof JsonObject value ? resolve(value) : new JsonObject();
  }

  private List<Operation> readOperations() {
    boolean ignoringCase = "case-insensitive".equals(root.getString("x-path-matching"));
    List<Operation> read = new ArrayList<>();
    JsonObject paths = root.getJsonObject("paths", new JsonObject());
    for (String template : paths.fieldNames()) {
      Operation.PathTemplate path = Operation.PathTemplate.of(template, ignoringCase);
      JsonObject item = paths.getJsonObject(template);
      for (String method : METHODS) {
        if (item.getValue(method) instanceof JsonObject definition) {
          read.add(
              new Operation(
                  definition.getString("operationId", method + " " + template),
                  method.toUpperCase(Locale.ROOT),
                  path,
                  parameters(item, definition),
                  definition));
        }
      }
    }
    return read;
  }

  /** An operation's parameter replaces the path's one of the same name and place. */
  private List<JsonObject> parameters(JsonObject item, JsonObject definition) {
    Map<String, JsonObject> byKey = new LinkedHashMap<>();
    for (JsonObject holder : List.of(item, definition)) {
      for (Object parameter : holder.getJsonArray("parameters", new JsonArray())) {
        JsonObject resolved = resolve((JsonObject) parameter);
        byKey.put(resolved.getString("in") + " " + resolved.getString("name"), resolved);
      }
    }
    return List.copyOf(byKey.values());
  }
}
