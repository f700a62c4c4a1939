package dev.curfew.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Validates values against the schemas of one document, by JSON Schema 2020-12 with formats
 * asserted. A schema is compiled once, together with the component schemas that it reaches, which
 * become its {@code $defs}: so references resolve without the validator knowing of OpenAPI.
 */
final class SchemaChecker {
  private static final String COMPONENTS = "#/components/schemas/";
  private static final String DEFINITIONS = "#/$defs/";
  private static final String BASE = "curfew://contract/";

  private final OpenApiDocument document;
  private final Map<Object, Validator> compiled = new HashMap<>();

  SchemaChecker(OpenApiDocument document) {
    this.document = document;
  }

  /**
   * What is wrong with the value; empty when it conforms.
   *
   * @param schema a Schema Object or a boolean
   * @param at how messages call the value, such as {@code body}
   */
  synchronized List<String> problems(Object schema, String at, @Nullable Object value) {
    OutputUnit result = compiled.computeIfAbsent(schema, this::compile).validate(value);
    if (Boolean.TRUE.equals(result.getValid())) {
      return List.of();
    }
    List<String> problems = new ArrayList<>();
    List<OutputUnit> errors = result.getErrors() == null ? List.of() : result.getErrors();
    for (OutputUnit error : errors) {
      if (!isSummary(error, errors)) {
        problems.add(describe(at, error));
      }
    }
    return problems.isEmpty() ? List.of(at + ": does not match the schema " + schema) : problems;
  }

  private Validator compile(Object schema) {
    JsonSchema standalone =
        schema instanceof Boolean always
            ? JsonSchema.of(always)
            : JsonSchema.of(standalone((JsonObject) schema));
    return Validator.create(
        standalone,
        new JsonSchemaOptions()
            .setBaseUri(BASE)
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic));
  }

  private JsonObject standalone(JsonObject schema) {
    JsonObject definitions = new JsonObject();
    JsonObject root = (JsonObject) relocated(schema, definitions);
    return root.put("$defs", definitions);
  }

  /** A copy whose references point into {@code definitions}, to which their targets are added. */
  private @Nullable Object relocated(@Nullable Object value, JsonObject definitions) {
    if (value instanceof JsonArray array) {
      JsonArray copy = new JsonArray();
      array.forEach(element -> copy.add(relocated(element, definitions)));
      return copy;
    }
    if (!(value instanceof JsonObject object)) {
      return value;
    }
    JsonObject copy = new JsonObject();
    for (String key : object.fieldNames()) {
      Object member = object.getValue(key);
      if (key.equals("$ref") && member instanceof String pointer) {
        copy.put(key, DEFINITIONS + define(pointer, definitions));
      } else {
        copy.put(key, relocated(member, definitions));
      }
    }
    return copy;
  }

  private String define(String pointer, JsonObject definitions) {
    Object target = JsonPointer.find(document.root(), pointer);
    if (!pointer.startsWith(COMPONENTS) || target == null) {
      throw new IllegalStateException(document.name() + ": no schema " + pointer);
    }
    String name = pointer.substring(COMPONENTS.length());
    if (!definitions.containsKey(name)) {
      // First, so that a schema that refers to itself is not followed for ever.
      definitions.put(name, new JsonObject());
      definitions.put(name, relocated(target, definitions));
    }
    return name;
  }

  /** The validator reports each failure again on every level above it; only the deepest helps. */
  private static boolean isSummary(OutputUnit error, List<OutputUnit> all) {
    String keyword = error.getKeywordLocation() + "/";
    String instance = error.getInstanceLocation();
    return all.stream()
        .anyMatch(
            other ->
                other.getKeywordLocation().startsWith(keyword)
                    && (other.getInstanceLocation().equals(instance)
                        || other.getInstanceLocation().startsWith(instance + "/")));
  }

  private static String describe(String at, OutputUnit error) {
    String place = at + error.getInstanceLocation().substring(1);
    String absolute = error.getAbsoluteKeywordLocation();
    String rule =
        absolute == null
            ? error.getKeywordLocation()
            : absolute.replace(BASE, "").replace(DEFINITIONS, COMPONENTS);
    return place + ": " + error.getError() + " [" + rule + "]";
  }
}
