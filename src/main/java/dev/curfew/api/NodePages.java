package dev.curfew.api;

import dev.curfew.auth.Scope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What every node answers beside the dialects: health and metrics. */
public final class NodePages implements Dialect {
  private final Map<String, Check> checks;
  private final Map<String, Supplier<Detail>> details;
  private final Supplier<String> metrics;

  /** Something that must hold for the node to serve. */
  @FunctionalInterface
  public interface Check {
    /** Why it does not hold, in words; null when it does. */
    @Nullable String failure();
  }

  /**
   * How a part is that the node can serve without.
   *
   * @param data what to know of it: plain values by name
   */
  public record Detail(boolean up, Map<String, Object> data) {}

  /**
   * @param checks what must hold for the node to serve, by name
   * @param details what is shown beside, by name
   * @param metrics the measurements in Prometheus' text format
   */
  public NodePages(
      Map<String, Check> checks, Map<String, Supplier<Detail>> details, Supplier<String> metrics) {
    this.checks = new LinkedHashMap<>(checks);
    this.details = new LinkedHashMap<>(details);
    this.metrics = metrics;
  }

  @Override
  public String name() {
    return "node";
  }

  @Override
  public List<String> basePaths() {
    return List.of("/health", "/metrics");
  }

  @Override
  public ErrorShape errors() {
    return PlainErrors.SHAPE;
  }

  @Override
  public List<ApiRoute> routes() {
    return List.of(
        ApiRoute.get("/health/live", Need.NOTHING, exchange -> live()),
        ApiRoute.get("/health/ready", Need.NOTHING, exchange -> ready()),
        ApiRoute.get(
            "/metrics", Need.scope(Scope.AUDIT_READ, Scope.ADMIN), exchange -> measurements()));
  }

  private static Future<Answer> live() {
    return Future.succeededFuture(
        Answer.ok(new JsonObject().put("status", "UP").put("checks", new JsonArray())));
  }

  private Future<Answer> ready() {
    JsonArray results = new JsonArray();
    boolean up = true;
    for (Map.Entry<String, Check> check : checks.entrySet()) {
      String failure = check.getValue().failure();
      JsonObject result = result(check.getKey(), failure == null);
      if (failure != null) {
        up = false;
        result.put("data", new JsonObject().put("reason", failure));
      }
      results.add(result);
    }
    for (Map.Entry<String, Supplier<Detail>> entry : details.entrySet()) {
      Detail detail = entry.getValue().get();
      results.add(
          result(entry.getKey(), detail.up)
              .put("required", false)
              .put("data", new JsonObject(new LinkedHashMap<>(detail.data))));
    }
    return Future.succeededFuture(
        Answer.json(
            up ? 200 : 503,
            new JsonObject().put("status", up ? "UP" : "DOWN").put("checks", results)));
  }

  private static JsonObject result(String id, boolean up) {
    return new JsonObject().put("id", id).put("status", up ? "UP" : "DOWN");
  }

  private Future<Answer> measurements() {
    return Future.succeededFuture(
        Answer.of(200, "text/plain; version=0.0.4; charset=utf-8", Buffer.buffer(metrics.get())));
  }
}
