package dev.curfew.contract;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Holds real exchanges against one dialect's document and remembers which operations it has seen.
 * Safe for use by several threads.
 */
public final class OpenApiContract {
  private static final int SHOWN_BODY = 2_000;

  private final OpenApiDocument document;
  private final SchemaChecker schemas;
  private final ResponseRules responses;
  private final RequestRules requests;
  private final Coverage coverage = new Coverage();

  OpenApiContract(OpenApiDocument document) {
    this.document = document;
    this.schemas = new SchemaChecker(document);
    this.responses = new ResponseRules(document, schemas);
    this.requests = new RequestRules(document, schemas);
  }

  /**
   * Of the document that the program serves.
   *
   * @param dialect as in {@code /openapi/<dialect>.yaml}
   */
  public static OpenApiContract of(String dialect) {
    return new OpenApiContract(OpenApiDocument.load(dialect));
  }

  /**
   * The answer must be one that the document allows for this operation; and if it is no refusal,
   * the request must be one that the document allows, as far as the exchange tells of it.
   *
   * @throws ContractViolation otherwise, and for an operation that is not documented
   */
  public void check(WireExchange exchange) {
    Operation operation = operation(exchange);
    demand(operation.toString(), exchange, responses.problems(operation, exchange));
    if (exchange.status() < 400) {
      List<String> problems = requests.problems(operation, exchange);
      demand(operation + ", whose request should have been refused,", exchange, problems);
    }
    coverage.record(operation, exchange.status());
  }

  /**
   * The request must be one that the document allows, whatever was answered.
   *
   * @throws ContractViolation otherwise, and for an operation that is not documented
   */
  public void checkRequest(WireExchange exchange) {
    Operation operation = operation(exchange);
    demand("the request to " + operation, exchange, requests.problems(operation, exchange));
  }

  /**
   * The exchange went where the document has nothing: a path that is not there must be answered
   * 404, a method that is not there 405 with {@code Allow}, either of them 401 to a caller without
   * a credential; always in the dialect's error shape.
   *
   * @throws ContractViolation otherwise, and for an operation that is documented
   */
  public void checkUnrouted(WireExchange exchange) {
    document
        .operation(exchange.method(), exchange.path())
        .ifPresent(
            operation -> {
              throw new ContractViolation(operation + " is documented in " + document.name());
            });
    String refusal = document.hasPath(exchange.path()) ? "MethodNotAllowed" : "NotFound";
    int expected = refusal.equals("NotFound") ? 404 : 405;
    if (exchange.status() == 401) {
      refusal = "Unauthorized";
    } else if (exchange.status() != expected) {
      demand("what is not there", exchange, List.of("status: must be " + expected + " or 401"));
    }
    JsonObject reference = new JsonObject().put("$ref", "#/components/responses/" + refusal);
    demand(refusal, exchange, responses.problems(reference, exchange));
  }

  /**
   * A value must match a schema of the document's components, as for messages of a WebSocket.
   *
   * @param value of JSON: JsonObject, JsonArray, String, Number, Boolean or null
   * @throws ContractViolation otherwise
   */
  public void checkAgainst(String schema, @Nullable Object value) {
    JsonObject reference = new JsonObject().put("$ref", "#/components/schemas/" + schema);
    List<String> problems = schemas.problems(reference, schema, value);
    if (!problems.isEmpty()) {
      throw new ContractViolation(
          document.name() + ":" + listed(problems) + "\nthe value was: " + value);
    }
  }

  /** The statuses that were seen and held, by operationId. */
  public Map<String, Set<Integer>> covered() {
    return coverage.snapshot();
  }

  /** Operations of which no exchange was seen. */
  public Set<String> neverDriven() {
    return operationsThat(operation -> !coverage.has(operation));
  }

  /** Operations of which only refusals were seen, or nothing. */
  public Set<String> neverSucceeded() {
    return operationsThat(operation -> !coverage.hasSuccess(operation));
  }

  /**
   * Every operation was seen at least once.
   *
   * @throws ContractViolation naming those that were not
   */
  public void assertEveryOperationDriven() {
    demandNone("were never driven", neverDriven());
  }

  /**
   * Every operation was seen at least once with an answer that is no refusal.
   *
   * @throws ContractViolation naming those that were not
   */
  public void assertEveryOperationSucceeded() {
    demandNone("were never driven to success", neverSucceeded());
  }

  private Operation operation(WireExchange exchange) {
    return document
        .operation(exchange.method(), exchange.path())
        .orElseThrow(
            () ->
                new ContractViolation(
                    exchange.method()
                        + " "
                        + exchange.path()
                        + " is not documented in "
                        + document.name()
                        + (document.hasPath(exchange.path())
                            ? " (the path is, with another method)"
                            : "")));
  }

  private Set<String> operationsThat(Predicate<Operation> condition) {
    Set<String> ids = new TreeSet<>();
    document.operations().stream().filter(condition).map(Operation::id).forEach(ids::add);
    return ids;
  }

  private void demandNone(String what, Set<String> ids) {
    if (!ids.isEmpty()) {
      throw new ContractViolation(
          document.name() + ": operations that " + what + ": " + String.join(", ", ids));
    }
  }

  private void demand(String what, WireExchange exchange, List<String> problems) {
    if (problems.isEmpty()) {
      return;
    }
    String body = exchange.responseBody().toString();
    throw new ContractViolation(
        exchange.method()
            + " "
            + exchange.path()
            + (exchange.query().isEmpty() ? "" : "?" + exchange.query())
            + " was answered "
            + exchange.status()
            + "; against "
            + document.name()
            + ", "
            + what
            + ":"
            + listed(problems)
            + "\nthe body was: "
            + (body.length() > SHOWN_BODY ? body.substring(0, SHOWN_BODY) + "..." : body));
  }

  private static String listed(List<String> problems) {
    return problems.stream().distinct().map(p -> "\n  " + p).reduce("", String::concat);
  }
}
