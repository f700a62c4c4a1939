package dev.curfew.testing;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A customer's service that keeps the rules it is asked for: {@code POST /apply} and {@code POST
 * /remove}, idempotent by {@code ruleId}.
 */
public final class RuleServer implements AutoCloseable {
  /** One call as it came in. */
  public record Call(String verb, Map<String, String> headers, String raw, JsonObject body) {
    public String ruleId() {
      return body.getString("ruleId");
    }
  }

  /** How the service takes calls of a verb. */
  public enum Mood {
    /** Does it and says so. */
    WELL,
    /** Says 500 and does nothing. */
    BROKEN,
    /** Does it, and never answers. */
    SILENT,
    /** Does it, says so, and names no rule. */
    NAMELESS,
    /** Sends the caller to another place. */
    REDIRECTING
  }

  private final Vertx vertx = Vertx.vertx();
  private final Set<String> held = ConcurrentHashMap.newKeySet();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Mood> moods = new ConcurrentHashMap<>();
  private volatile int goneStatus = 404;
  private volatile long delayMillis;
  private volatile @Nullable String name;
  private volatile HttpServer server;
  private final int port;

  private RuleServer() {
    this.server = listen(0);
    this.port = server.actualPort();
  }

  public static RuleServer start() {
    return new RuleServer();
  }

  private HttpServer listen(int wanted) {
    return Await.result(
        vertx.createHttpServer().requestHandler(this::serve).listen(wanted, "127.0.0.1"));
  }

  private void serve(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              String verb = request.path().substring(1);
              Map<String, String> headers = new ConcurrentHashMap<>();
              request
                  .headers()
                  .forEach(h -> headers.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
              Call call = new Call(verb, headers, body.toString(), body.toJsonObject());
              calls.add(call);
              if (delayMillis > 0) {
                vertx.setTimer(delayMillis, timer -> answer(request, call));
              } else {
                answer(request, call);
              }
            });
  }

  private void answer(HttpServerRequest request, Call call) {
    Mood mood = moods.getOrDefault(call.verb(), Mood.WELL);
    if (mood == Mood.BROKEN) {
      request.response().setStatusCode(500).end("out of order");
      return;
    }
    if (mood == Mood.REDIRECTING) {
      request.response().setStatusCode(307).putHeader("location", "/elsewhere").end();
      return;
    }
    boolean changed =
        call.verb().equals("apply") ? held.add(call.ruleId()) : held.remove(call.ruleId());
    if (mood == Mood.SILENT) {
      return;
    }
    if (call.verb().equals("remove") && !changed) {
      request.response().setStatusCode(goneStatus).end();
      return;
    }
    JsonObject answer =
        mood == Mood.NAMELESS
            ? new JsonObject()
            : new JsonObject().put("providerRuleId", name == null ? "fw-" + call.ruleId() : name);
    request.response().setStatusCode(200).end(answer.encode());
  }

  /** From now on, calls of this verb are taken so. */
  public RuleServer is(String verb, Mood mood) {
    moods.put(verb, mood);
    return this;
  }

  /** What removing a rule that is not there answers. */
  public void goneIs(int status) {
    goneStatus = status;
  }

  /** What every rule is called from now on. */
  public void namesRules(@Nullable String ruleName) {
    name = ruleName;
  }

  /** Every call is answered so much later. */
  public void delays(long millis) {
    delayMillis = millis;
  }

  public String url(String verb) {
    return "http://127.0.0.1:" + port + "/" + verb;
  }

  /** Settings of a resource whose rules are kept here. */
  public JsonObject settings() {
    return new JsonObject().put("applyUrl", url("apply")).put("removeUrl", url("remove"));
  }

  /** The rules that are held now. */
  public Set<String> held() {
    return Set.copyOf(held);
  }

  /** Loses all rules, as somebody else may take them away. */
  public void forget() {
    held.clear();
  }

  public List<Call> calls() {
    return List.copyOf(calls);
  }

  public List<Call> calls(String verb) {
    return calls.stream().filter(call -> call.verb().equals(verb)).toList();
  }

  /** The ids of the rules of a session in the access dialect. */
  public static List<String> ruleIds(JsonObject session) {
    List<String> ids = new ArrayList<>();
    JsonArray rules = session.getJsonArray("resourceIps");
    for (int i = 0; i < rules.size(); i++) {
      ids.add(rules.getJsonObject(i).getString("id"));
    }
    return ids;
  }

  /** Nobody answers at the address any more; what is held is kept. */
  public void stop() {
    Await.result(server.close());
  }

  public void startAgain() {
    server = listen(port);
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
