package dev.curfew.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds every reference, schema and example of a document, each with its place. */
final class DocumentWalk {
  /** Keywords whose value is a schema. */
  private static final Set<String> ONE =
      Set.of(
          "items",
          "additionalProperties",
          "not",
          "if",
          "then",
          "else",
          "contains",
          "propertyNames");

  /** Keywords whose value is a list of schemas. */
  private static final Set<String> LISTS = Set.of("allOf", "anyOf", "oneOf", "prefixItems");

  /** Keywords whose value maps names to schemas. */
  private static final Set<String> MAPS = Set.of("properties", "patternProperties", "$defs");

  /** A schema, be it at the top or inside another. */
  record SchemaAt(String place, Object schema) {}

  /** A value that a schema must accept. */
  record ExampleAt(String place, Object schema, @Nullable Object value) {}

  record ReferenceAt(String place, String pointer) {}

  private final OpenApiDocument document;
  private final List<SchemaAt> schemas = new ArrayList<>();
  private final List<ExampleAt> examples = new ArrayList<>();
  private final List<ReferenceAt> references = new ArrayList<>();

  DocumentWalk(OpenApiDocument document) {
    this.document = document;
    JsonObject root = document.root();
    visitReferences("#", root);
    JsonObject named =
        root.getJsonObject("components", new JsonObject())
            .getJsonObject("schemas", new JsonObject());
    for (String name : named.fieldNames()) {
      visitSchema("#/components/schemas/" + JsonPointer.escape(name), named.getValue(name));
    }
    visitHolders("#", root);
  }

  List<SchemaAt> schemas() {
    return schemas;
  }

  List<ExampleAt> examples() {
    return examples;
  }

  List<ReferenceAt> references() {
    return references;
  }

  /** Looks for what carries a schema: parameters, headers, media types. */
  private void visitHolders(String place, @Nullable Object value) {
    if (value instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        visitHolders(place + "/" + i, array.getValue(i));
      }
    }
    if (!(value instanceof JsonObject object) || place.equals("#/components/schemas")) {
      return;
    }
    if (object.getValue("schema") != null) {
      Object schema = object.getValue("schema");
      visitSchema(place + "/schema", schema);
      visitExamples(place, object, schema);
    }
    for (String key : object.fieldNames()) {
      if (!key.equals("schema") && !key.startsWith("example") && !key.startsWith("x-")) {
        visitHolders(place + "/" + JsonPointer.escape(key), object.getValue(key));
      }
    }
  }

  private void visitExamples(String place, JsonObject holder, Object schema) {
    if (holder.containsKey("example")) {
      examples.add(new ExampleAt(place + "/example", schema, holder.getValue("example")));
    }
    JsonObject named = holder.getJsonObject("examples", new JsonObject());
    for (String name : named.fieldNames()) {
      Object value = document.member(named, name).getValue("value");
      examples.add(new ExampleAt(place + "/examples/" + name, schema, value));
    }
  }

  private void visitSchema(String place, @Nullable Object value) {
    if (value instanceof Boolean) {
      schemas.add(new SchemaAt(place, value));
    }
    if (!(value instanceof JsonObject schema)) {
      return;
    }
    schemas.add(new SchemaAt(place, schema));
    if (schema.containsKey("default")) {
      examples.add(new ExampleAt(place + "/default", schema, schema.getValue("default")));
    }
    JsonArray own = schema.getJsonArray("examples", new JsonArray());
    for (int i = 0; i < own.size(); i++) {
      examples.add(new ExampleAt(place + "/examples/" + i, schema, own.getValue(i)));
    }
    for (String keyword : schema.fieldNames()) {
      String at = place + "/" + JsonPointer.escape(keyword);
      Object inner = schema.getValue(keyword);
      if (ONE.contains(keyword)) {
        visitSchema(at, inner);
      } else if (LISTS.contains(keyword) && inner instanceof JsonArray list) {
        for (int i = 0; i < list.size(); i++) {
          visitSchema(at + "/" + i, list.getValue(i));
        }
      } else if (MAPS.contains(keyword) && inner instanceof JsonObject map) {
        for (String name : map.fieldNames()) {
          visitSchema(at + "/" + JsonPointer.escape(name), map.getValue(name));
        }
      }
    }
  }

  private void visitReferences(String place, @Nullable Object value) {
    if (value instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        visitReferences(place + "/" + i, array.getValue(i));
      }
    } else if (value instanceof JsonObject object) {
      for (String key : object.fieldNames()) {
        if (key.equals("$ref")) {
          references.add(new ReferenceAt(place, object.getString(key)));
        } else {
          visitReferences(place + "/" + JsonPointer.escape(key), object.getValue(key));
        }
      }
    }
  }
}
