package dev.curfew.contract;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a document says of a request: its parameters and body. */
final class RequestRules {
  private final OpenApiDocument document;
  private final SchemaChecker schemas;

  RequestRules(OpenApiDocument document, SchemaChecker schemas) {
    this.document = document;
    this.schemas = schemas;
  }

  /** What is wrong with the request, as far as the exchange tells of it; empty when it conforms. */
  List<String> problems(Operation operation, WireExchange exchange) {
    List<String> problems = new ArrayList<>();
    Map<String, String> parts = operation.path().match(exchange.path()).orElseThrow();
    for (JsonObject parameter : operation.parametersIn("path")) {
      String raw = parts.get(parameter.getString("name"));
      problems.addAll(
          parameterProblems(parameter, raw == null ? null : WireText.percentDecoded(raw)));
    }
    Map<String, List<String>> query = new QueryStringDecoder("?" + exchange.query()).parameters();
    for (JsonObject parameter : operation.parametersIn("query")) {
      List<String> values = query.getOrDefault(parameter.getString("name"), List.of());
      problems.addAll(parameterProblems(parameter, values.isEmpty() ? null : values.get(0)));
    }
    if (!exchange.requestHeaders().isEmpty()) {
      for (JsonObject parameter : operation.parametersIn("header")) {
        String value = exchange.requestHeaders().get(parameter.getString("name"));
        problems.addAll(parameterProblems(parameter, value));
      }
    }
    if (exchange.requestBody() != null) {
      problems.addAll(bodyProblems(operation, exchange, exchange.requestBody()));
    }
    return problems;
  }

  private List<String> parameterProblems(JsonObject parameter, @Nullable String value) {
    String at = parameter.getString("in") + " parameter " + parameter.getString("name");
    if (value == null) {
      boolean required = parameter.getBoolean("required", false);
      return required ? List.of(at + ": missing") : List.of();
    }
    JsonObject schema = parameter.getJsonObject("schema", new JsonObject());
    JsonObject type = document.resolve(schema);
    return schemas.problems(schema, at, WireText.typed(type, value));
  }

  private List<String> bodyProblems(Operation operation, WireExchange exchange, Buffer body) {
    JsonObject requestBody = document.member(operation.definition(), "requestBody");
    if (body.length() == 0) {
      boolean required = requestBody.getBoolean("required", false);
      return required ? List.of("request body: missing") : List.of();
    }
    JsonObject content = requestBody.getJsonObject("content", new JsonObject());
    if (content.isEmpty()) {
      return List.of();
    }
    String contentType = exchange.requestHeaders().get("Content-Type");
    String mediaType = WireText.mediaType(contentType == null ? "application/json" : contentType);
    Optional<String> range = WireText.matching(content.fieldNames(), mediaType);
    if (range.isEmpty()) {
      return List.of(
          "request Content-Type: "
              + mediaType
              + " is not documented, only "
              + String.join(", ", content.fieldNames()));
    }
    @Nullable JsonObject schema = content.getJsonObject(range.get()).getJsonObject("schema");
    if (schema == null || !WireText.isJson(mediaType)) {
      return List.of();
    }
    try {
      return schemas.problems(schema, "request body", withoutNulls(WireText.json(body)));
    } catch (DecodeException e) {
      return List.of("request body: is not JSON: " + e.getMessage());
    }
  }

  /** Every document says that in a request a null counts as an absent field. */
  private static @Nullable Object withoutNulls(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      JsonObject kept = new JsonObject();
      object.forEach(
          field -> {
            if (field.getValue() != null) {
              kept.put(field.getKey(), withoutNulls(field.getValue()));
            }
          });
      return kept;
    }
    return value;
  }
}
