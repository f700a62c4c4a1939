package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Every document is a sound OpenAPI 3.1 document and keeps the rules of this project's own. */
@ParameterizedClass
@ValueSource(strings = {"access", "admin", "am", "console", "events", "pra", "psm"})
class OpenApiDocumentsTest {
  private static final Map<String, Set<String>> MEMBERS =
      Map.of(
          "document",
              Set.of("openapi", "info", "servers", "tags", "paths", "components", "externalDocs"),
          "operation",
              Set.of(
                  "operationId",
                  "tags",
                  "summary",
                  "description",
                  "deprecated",
                  "security",
                  "parameters",
                  "requestBody",
                  "responses"),
          "parameter",
              Set.of(
                  "name",
                  "in",
                  "description",
                  "required",
                  "deprecated",
                  "schema",
                  "example",
                  "examples"),
          "requestBody", Set.of("description", "required", "content"),
          "response", Set.of("description", "headers", "content"),
          "header", Set.of("description", "required", "schema", "example", "examples"),
          "mediaType", Set.of("schema", "example", "examples"));

  private static final Set<String> KEYWORDS =
      Set.of(
          "$ref",
          "type",
          "enum",
          "const",
          "format",
          "pattern",
          "minLength",
          "maxLength",
          "minimum",
          "maximum",
          "contentEncoding",
          "properties",
          "required",
          "additionalProperties",
          "minProperties",
          "items",
          "minItems",
          "maxItems",
          "uniqueItems",
          "allOf",
          "anyOf",
          "oneOf",
          "not",
          "if",
          "then",
          "else",
          "description",
          "default",
          "examples",
          "writeOnly",
          "readOnly");

  private static final Set<String> SCOPES =
      Set.of(
          "sessions:read",
          "sessions:write",
          "session:join",
          "psm:read",
          "psm:write",
          "recording:encode",
          "recording:upload",
          "recording:read",
          "recording:encrypt",
          "credential:read",
          "credential:write",
          "resources:read",
          "audit:read",
          "pra:read",
          "pra:write",
          "admin");

  private static final Set<String> ROLES = Set.of("USER", "AUDITOR", "ORG_ADMIN", "ADMIN");

  private final String dialect;
  private final OpenApiDocument document;
  private final SchemaChecker schemas;
  private final DocumentWalk walk;

  OpenApiDocumentsTest(String dialect) {
    this.dialect = dialect;
    this.document = OpenApiDocument.load(dialect);
    this.schemas = new SchemaChecker(document);
    this.walk = new DocumentWalk(document);
  }

  @Test
  void document_isTestedHereWithAllItsSiblings() throws Exception {
    Path folder =
        Path.of(Objects.requireNonNull(getClass().getResource("/openapi/psm.yaml")).toURI())
            .getParent();
    String[] tested = getClass().getAnnotation(ValueSource.class).strings();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".yaml", "")))
          .containsExactlyInAnyOrder(tested);
    }
  }

  @Test
  void document_saysWhatItIs() {
    JsonObject root = document.root();
    assertThat(root.getString("openapi")).matches("3\\.1\\.[0-9]+");
    assertThat(root.getString("x-dialect")).isEqualTo(dialect);
    assertThat(root.getJsonObject("info").getString("title")).isNotBlank();
    assertThat(root.getJsonObject("info").getString("version")).isNotBlank();
    assertThat(root.getJsonObject("paths").fieldNames()).allMatch(path -> path.startsWith("/"));
    assertThat(document.operations()).isNotEmpty();
    assertMembers("#", "document", root);
  }

  @Test
  void references_allResolveInsideTheDocument() {
    for (DocumentWalk.ReferenceAt reference : walk.references()) {
      assertThat(JsonPointer.find(document.root(), reference.pointer()))
          .as("%s refers to %s", reference.place(), reference.pointer())
          .isNotNull();
    }
    for (DocumentWalk.SchemaAt at : walk.schemas()) {
      if (at.schema() instanceof JsonObject schema && schema.containsKey("$ref")) {
        assertThat(schema.getString("$ref")).as(at.place()).startsWith("#/components/schemas/");
      }
    }
  }

  @Test
  void components_areAllUsed() {
    Set<String> used = new HashSet<>();
    walk.references().forEach(reference -> used.add(reference.pointer()));
    used.add(document.errorSchema());
    // What is answered where there is no operation belongs to none.
    used.add("#/components/responses/MethodNotAllowed");
    used.add("#/components/responses/NotFound");
    JsonObject components = document.root().getJsonObject("components");
    for (String kind : components.fieldNames()) {
      if (!kind.equals("securitySchemes")) {
        for (String name : components.getJsonObject(kind).fieldNames()) {
          assertThat(used).contains("#/components/" + kind + "/" + name);
        }
      }
    }
  }

  @Test
  void operations_areNamedOnceAndSummarised() {
    Set<String> ids = new HashSet<>();
    Set<String> tags = new HashSet<>();
    for (Object tag : document.root().getJsonArray("tags")) {
      tags.add(((JsonObject) tag).getString("name"));
    }
    for (Operation operation : document.operations()) {
      JsonObject definition = operation.definition();
      assertMembers(operation.toString(), "operation", definition);
      assertThat(definition.getString("operationId")).as(operation.toString()).isNotBlank();
      assertThat(ids.add(operation.id())).as("%s is the only one", operation).isTrue();
      assertThat(definition.getString("summary")).as(operation.toString()).isNotBlank();
      assertThat(tags).as(operation.toString()).containsAll(strings(definition, "tags"));
    }
  }

  @Test
  void operations_areOnlyInOneDocument() {
    Set<String> elsewhere = new TreeSet<>();
    for (String other : getClass().getAnnotation(ValueSource.class).strings()) {
      if (!other.equals(dialect)) {
        for (Operation operation : OpenApiDocument.load(other).operations()) {
          elsewhere.add(operation.method() + " " + operation.path().template());
        }
      }
    }
    for (Operation operation : document.operations()) {
      assertThat(elsewhere).doesNotContain(operation.method() + " " + operation.path().template());
    }
  }

  @Test
  void parameters_ofPathsAreDeclaredExactlyOnce() {
    for (Operation operation : document.operations()) {
      List<String> declared =
          operation.parametersIn("path").stream().map(p -> p.getString("name")).toList();
      assertThat(declared)
          .as(operation.toString())
          .containsExactlyInAnyOrderElementsOf(operation.path().names());
      for (JsonObject parameter : operation.parameters()) {
        String at = operation + " " + parameter.getString("name");
        assertMembers(at, "parameter", parameter);
        assertThat(parameter.getString("in")).as(at).isIn("path", "query", "header");
        assertThat(parameter.getJsonObject("schema")).as(at).isNotNull();
        if (parameter.getString("in").equals("path")) {
          assertThat(parameter.getBoolean("required")).as(at).isTrue();
        }
      }
    }
  }

  @Test
  void security_isSaidOfEveryOperation() {
    Set<String> schemes =
        document.root().getJsonObject("components").getJsonObject("securitySchemes").fieldNames();
    for (Operation operation : document.operations()) {
      JsonArray security = operation.definition().getJsonArray("security");
      assertThat(security).as(operation.toString()).isNotNull();
      for (Object requirement : security) {
        assertThat(schemes).containsAll(((JsonObject) requirement).fieldNames());
      }
      if (security.isEmpty()) {
        assertThat(operation.definition().containsKey("x-required-scope")).isFalse();
        continue;
      }
      assertThat(operation.definition().getJsonArray("x-required-scope"))
          .as(operation.toString())
          .isNotNull();
      assertThat(SCOPES).containsAll(strings(operation.definition(), "x-required-scope"));
      assertThat(ROLES).containsAll(strings(operation.definition(), "x-required-role"));
      Set<String> statuses = statuses(operation);
      assertThat(statuses).as(operation.toString()).contains("401", "503");
      if (!strings(operation.definition(), "x-required-scope").isEmpty()) {
        assertThat(statuses).as(operation.toString()).contains("403");
      }
    }
  }

  @Test
  void requests_withAJsonBodyCanBeRefusedAndHaveAnExample() {
    for (Operation operation : document.operations()) {
      JsonObject body = document.member(operation.definition(), "requestBody");
      if (body.isEmpty()) {
        continue;
      }
      assertMembers(operation.toString(), "requestBody", body);
      assertThat(statuses(operation)).as(operation.toString()).contains("400");
      JsonObject content = body.getJsonObject("content");
      if (content.containsKey("application/json")) {
        assertThat(statuses(operation)).as(operation.toString()).contains("413");
        assertMediaTypeIsComplete(operation + " request", content);
      }
    }
  }

  @Test
  void responses_areDescribedWithSchemaAndExample() {
    for (Operation operation : document.operations()) {
      assertThat(statuses(operation))
          .as(operation.toString())
          .allMatch(status -> status.matches("[1-5][0-9][0-9]"))
          .anyMatch(status -> status.matches("[123].."));
      for (String status : statuses(operation)) {
        assertResponseIsComplete(operation + " " + status, response(operation, status));
      }
    }
    JsonObject shared =
        document.root().getJsonObject("components").getJsonObject("responses", new JsonObject());
    for (String name : shared.fieldNames()) {
      assertResponseIsComplete(name, shared.getJsonObject(name));
    }
  }

  private void assertResponseIsComplete(String at, JsonObject response) {
    assertMembers(at, "response", response);
    assertThat(response.getString("description")).as(at).isNotBlank();
    JsonObject headers = response.getJsonObject("headers", new JsonObject());
    for (String name : headers.fieldNames()) {
      JsonObject header = document.member(headers, name);
      assertMembers(at + " " + name, "header", header);
      assertThat(header.getJsonObject("schema")).as(at + " " + name).isNotNull();
    }
    assertMediaTypeIsComplete(at, response.getJsonObject("content", new JsonObject()));
  }

  /** Bytes need no schema; JSON without one is only allowed for a part of it (206). */
  private void assertMediaTypeIsComplete(String at, JsonObject content) {
    for (String type : content.fieldNames()) {
      JsonObject mediaType = content.getJsonObject(type);
      assertMembers(at + " " + type, "mediaType", mediaType);
      if (type.equals("application/json") && !at.endsWith(" 206")) {
        assertThat(mediaType.containsKey("schema")).as(at).isTrue();
        assertThat(mediaType.containsKey("example") || mediaType.containsKey("examples"))
            .as("%s has an example", at)
            .isTrue();
      }
    }
  }

  @Test
  void refusals_haveTheDialectsErrorShape() {
    assertThat(JsonPointer.find(document.root(), document.errorSchema())).isNotNull();
    for (Operation operation : document.operations()) {
      for (String status : statuses(operation)) {
        if (status.startsWith("4") && !operation.method().equals("HEAD")) {
          JsonObject content = response(operation, status).getJsonObject("content");
          assertThat(content).as("%s %s", operation, status).isNotNull();
          assertThat(demands(content.getJsonObject("application/json").getJsonObject("schema")))
              .as("%s %s", operation, status)
              .contains(document.errorSchema());
        }
      }
    }
  }

  @Test
  void schemas_areSchemas() {
    Vertx vertx = Vertx.vertx();
    try {
      Validator metaSchema =
          SchemaRepository.create(
                  new JsonSchemaOptions()
                      .setBaseUri("curfew://contract/")
                      .setDraft(Draft.DRAFT202012)
                      .setOutputFormat(OutputFormat.Basic))
              .preloadMetaSchema(vertx.fileSystem(), Draft.DRAFT202012)
              .validator("https://json-schema.org/draft/2020-12/schema");
      for (DocumentWalk.SchemaAt at : walk.schemas()) {
        assertThat(metaSchema.validate(at.schema()).getValid()).as(at.place()).isTrue();
        if (at.schema() instanceof JsonObject schema) {
          assertThat(KEYWORDS).as(at.place()).containsAll(schema.fieldNames());
        }
      }
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void schemas_requireOnlyFieldsThatTheyDescribe() {
    for (DocumentWalk.SchemaAt at : walk.schemas()) {
      if (at.schema() instanceof JsonObject schema && schema.containsKey("properties")) {
        assertThat(schema.getJsonObject("properties").fieldNames())
            .as(at.place())
            .containsAll(strings(schema, "required"));
      }
    }
  }

  @Test
  void examples_allMatchTheirSchemas() {
    List<String> problems = new ArrayList<>();
    for (DocumentWalk.ExampleAt example : walk.examples()) {
      problems.addAll(schemas.problems(example.schema(), example.place(), example.value()));
    }
    assertThat(problems).isEmpty();
    assertThat(walk.examples()).hasSizeGreaterThan(document.operations().size());
  }

  /** The component schemas that a value of the schema always satisfies. */
  private Set<String> demands(JsonObject schema) {
    Set<String> demanded = new HashSet<>();
    if (schema.getValue("$ref") instanceof String pointer) {
      demanded.add(pointer);
      demanded.addAll(demands((JsonObject) JsonPointer.find(document.root(), pointer)));
    }
    for (Object part : schema.getJsonArray("allOf", new JsonArray())) {
      demanded.addAll(demands((JsonObject) part));
    }
    return demanded;
  }

  private Set<String> statuses(Operation operation) {
    return operation.definition().getJsonObject("responses").fieldNames();
  }

  private JsonObject response(Operation operation, String status) {
    return document.member(operation.definition().getJsonObject("responses"), status);
  }

  private static void assertMembers(String at, String kind, JsonObject object) {
    assertThat(object.fieldNames())
        .as("%s has only members of a %s", at, kind)
        .allMatch(
            key -> key.startsWith("x-") || Objects.requireNonNull(MEMBERS.get(kind)).contains(key));
  }

  private static List<String> strings(JsonObject object, String key) {
    return object.getJsonArray(key, new JsonArray()).stream().map(String.class::cast).toList();
  }
}
