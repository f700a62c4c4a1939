package dev.curfew.contract;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a document says of an answer: its status, headers, media type and body. */
final class ResponseRules {
  private final OpenApiDocument document;
  private final SchemaChecker schemas;

  ResponseRules(OpenApiDocument document, SchemaChecker schemas) {
    this.document = document;
    this.schemas = schemas;
  }

  /** What is wrong with the answer of an operation; empty when it conforms. */
  List<String> problems(Operation operation, WireExchange exchange) {
    JsonObject responses = operation.definition().getJsonObject("responses", new JsonObject());
    Object response = responses.getValue(Integer.toString(exchange.status()));
    if (!(response instanceof JsonObject documented)) {
      return List.of(
          "status "
              + exchange.status()
              + " is not documented, only "
              + String.join(", ", responses.fieldNames()));
    }
    return problems(documented, exchange);
  }

  /**
   * The same for a Response Object, whatever operation it may belong to.
   *
   * @param documented may be a reference
   */
  List<String> problems(JsonObject documented, WireExchange exchange) {
    JsonObject response = document.resolve(documented);
    List<String> problems = new ArrayList<>(headerProblems(response, exchange));
    problems.addAll(contentProblems(response, exchange));
    return problems;
  }

  private List<String> headerProblems(JsonObject response, WireExchange exchange) {
    List<String> problems = new ArrayList<>();
    JsonObject headers = response.getJsonObject("headers", new JsonObject());
    for (String name : headers.fieldNames()) {
      JsonObject header = document.member(headers, name);
      String value = exchange.responseHeaders().get(name);
      if (value != null) {
        JsonObject type = document.member(header, "schema");
        problems.addAll(
            schemas.problems(
                header.getJsonObject("schema", new JsonObject()),
                "header " + name,
                WireText.typed(type, value)));
      } else if (header.getBoolean("required", false)) {
        problems.add("header " + name + ": missing");
      }
    }
    return problems;
  }

  private List<String> contentProblems(JsonObject response, WireExchange exchange) {
    JsonObject content = response.getJsonObject("content", new JsonObject());
    boolean empty = exchange.responseBody().length() == 0;
    if (exchange.method().equals("HEAD") || content.isEmpty()) {
      return empty ? List.of() : List.of("body: there is one, but none is documented");
    }
    String contentType = exchange.responseHeaders().get("Content-Type");
    if (contentType == null) {
      return List.of("header Content-Type: missing");
    }
    String mediaType = WireText.mediaType(contentType);
    Optional<String> range = WireText.matching(content.fieldNames(), mediaType);
    if (range.isEmpty()) {
      return List.of(
          "header Content-Type: "
              + contentType
              + " is not documented, only "
              + String.join(", ", content.fieldNames()));
    }
    @Nullable JsonObject schema = content.getJsonObject(range.get()).getJsonObject("schema");
    return schema == null ? List.of() : bodyProblems(schema, mediaType, exchange);
  }

  private List<String> bodyProblems(JsonObject schema, String mediaType, WireExchange exchange) {
    try {
      Object body =
          WireText.isJson(mediaType)
              ? WireText.json(exchange.responseBody())
              : WireText.utf8(exchange.responseBody());
      return schemas.problems(schema, "body", body);
    } catch (DecodeException e) {
      return List.of("body: is not " + mediaType + ": " + e.getMessage());
    }
  }
}
