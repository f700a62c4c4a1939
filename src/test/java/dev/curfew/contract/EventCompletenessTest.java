package dev.curfew.contract;

import static dev.curfew.contract.Installation.GATEWAY;
import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.testing.Await;
import dev.curfew.testing.RuleServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way in which a session can end, and everything else that the log tells, caused over the API
 * of a running node. A new reason or type of event does not compile here before it has its case.
 */
class EventCompletenessTest {
  private static final String ENDED = "dev.curfew.session.ended";
  private static final Set<String> CAUSES = causes();

  private static AmInstallation am;
  private static Installation at;

  /** A node without workers of its own, and little patience with others. */
  private static Installation bare;

  @BeforeAll
  static void start() {
    am = AmInstallation.start(Map.of("watchdog.interval", "200ms"));
    at = am.node;
    bare =
        Installation.start(
            Map.of(
                "node.roles", "api,sessions,claims,watchdog,alerts,delivery",
                "watchdog.interval", "200ms",
                "watchdog.limits.encoding", "1s",
                "recording.lease", "1s",
                "recording.max-attempts", "2"));
  }

  @AfterAll
  static void stop() {
    bare.close();
    am.close();
  }

  private static Set<String> causes() {
    Set<String> causes = new HashSet<>();
    for (EndReason reason : EndReason.values()) {
      causes.add(reason.cause().wireName());
    }
    return causes;
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  /**
   * One way to end a session.
   *
   * @param session opens a session, ends it or waits until it is due, and says which it was
   */
  private record Way(EndReason reason, String name, Supplier<String> session) {
    @Override
    public String toString() {
      return reason + " " + name;
    }
  }

  static Stream<Way> ways() {
    return Stream.of(EndReason.values())
        .flatMap(
            reason ->
                ways(reason).entrySet().stream()
                    .map(way -> new Way(reason, way.getKey(), way.getValue())));
  }

  private static Map<String, Supplier<String>> ways(EndReason reason) {
    return switch (reason) {
      case EXPIRED ->
          Map.of(
              "of an access session", () -> brief("access"),
              "of a recorded session", () -> brief("psm"),
              "of a device grant", () -> brief("device_admin"),
              "of timed access", () -> brief("timed_access"),
              "of a jump session", () -> brief("jump"));
      case IDLE ->
          Map.of("by the policy's limit", () -> under(json().put("maxIdle", "1s"), "access"));
      case LOST ->
          Map.of("of a silent gateway", () -> under(json().put("staleAfter", "1s"), "psm"));
      case STOPPED ->
          Map.of(
              "by its user", () -> after(access(), at.user, "/api/v1/sessions/%s/stop"),
              "by an administrator",
                  () -> after(access(), at.admin, "/api/v1/sessions/admin/%s/stop"),
              "by its gateway", EventCompletenessTest::endedByGateway,
              "by logout", () -> loggedOut("demo"));
      case CHECKED_IN -> Map.of("by check-in", EventCompletenessTest::checkedIn);
      case REVOKED ->
          Map.of(
              "by the administration",
                  () -> after(access(), at.admin, "/api/v1/admin/sessions/%s/revoke"),
              "by the console",
                  () -> after(access(), at.admin, "/api/v1/admin/active-sessions/%s/revoke"),
              "by the console, several",
                  () -> revoked(access(), id -> json().put("ids", new JsonArray().add(id))),
              "by the console, a filter", EventCompletenessTest::revokedByFilter,
              "by the scripts of the origin product", EventCompletenessTest::requestRevoked,
              "with its user", EventCompletenessTest::userRemoved,
              "by an administrator's logout of another", () -> loggedOut("amadmin"));
      case QUOTA -> Map.of("by a newer login", EventCompletenessTest::displaced);
      case DENIED -> Map.of("by rules that all failed", EventCompletenessTest::denied);
    };
  }

  @ParameterizedTest
  @MethodSource("ways")
  void end_isOneCauseAndOneEnd(Way way) {
    String id = way.session().get();
    Await.until("the end of " + id + " is in the log", () -> types(id).contains(ENDED));
    assertThat(types(id).stream().filter(ENDED::equals)).hasSize(1);
    assertThat(types(id).stream().filter(CAUSES::contains))
        .containsExactly(way.reason().cause().wireName());
    for (JsonObject event : events("?session=" + id)) {
      if (CAUSES.contains(event.getString("type")) || event.getString("type").equals(ENDED)) {
        assertThat(event.getJsonObject("data").getString("reason"))
            .isEqualTo(way.reason().wireName());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(EventType.class)
  void event_isCausedByItsPath(EventType type) {
    String query = scenario(type).get();
    boolean byOthers = type == EventType.RECORDING_REQUEUED || type == EventType.RECORDING_FAILED;
    Await.until(
        type.wireName() + " is in the log",
        () -> !events(byOthers ? bare : at, "?types=" + type.wireName() + query).isEmpty());
  }

  /** Causes an event of the type; answers what narrows the log down to it. */
  private static Supplier<String> scenario(EventType type) {
    return switch (type) {
      case SESSION_APPROVED -> () -> of(session("jump", 3_600, null));
      case SESSION_STARTED -> () -> of(access());
      case SESSION_EXPIRING -> () -> of(session("access", 60, null));
      case SESSION_EXTENDED ->
          () -> {
            String id = access();
            JsonObject wanted = json().put("additionalSeconds", 60);
            at.admin.post("/api/v1/admin/sessions/" + id + "/extend", wanted).is(200);
            return of(id);
          };
      case SESSION_IDLE -> () -> of(any(EndReason.IDLE));
      case SESSION_EXPIRED -> () -> of(any(EndReason.EXPIRED));
      case SESSION_REVOKED -> () -> of(any(EndReason.REVOKED));
      case SESSION_STOPPED, SESSION_ENDED -> () -> of(any(EndReason.STOPPED));
      case SESSION_LOST -> () -> of(any(EndReason.LOST));
      case RECORDING_CAPTURED,
          RECORDING_ENCODING,
          RECORDING_ENCODED,
          RECORDING_UPLOADING,
          RECORDING_UPLOADED ->
          () -> of(recorded());
      case RECORDING_REQUEUED -> () -> of(leftByEncoders(1));
      case RECORDING_FAILED -> () -> of(leftByEncoders(2));
      case RECORDING_READ ->
          () -> {
            String id = recorded();
            Await.until(
                "the recording of " + id + " is there",
                () -> types(id).contains(EventType.RECORDING_UPLOADED.wireName()));
            at.admin.get("/api/v1/recordings/" + id + "/timeline").is(200);
            return of(id);
          };
      case AUDIT_SEARCHED ->
          () -> {
            at.admin.get("/api/v1/recordings?text=whoami").is(200);
            return "";
          };
      case CHECKOUT_OPENED, CHECKOUT_CLOSED -> () -> of(checkedIn());
      case CREDENTIAL_READ ->
          () -> {
            JsonObject checkout = at.checkout(at.credential());
            at.gateway
                .post(PSM + "GetCredential", json().put("session", checkout.getString("sessionId")))
                .is(200);
            return of(checkout.getString("sessionId"));
          };
      case GRANT_APPLIED, GRANT_REMOVED -> () -> of(opened(RuleServer.Mood.WELL, true));
      case GRANT_FAILED -> () -> of(denied());
      case AUTH_LOGIN ->
          () -> {
            am.login("demo");
            return "&user=demo";
          };
      case AUTH_DENIED ->
          () -> {
            am.authenticate("", "other", "wrong").is(401);
            return "";
          };
      case ADMIN_CHANGED ->
          () -> {
            String name = Installation.fresh("realm");
            JsonObject wanted = json().put("name", name).put("tier", "free");
            at.admin.post("/api/v1/admin/realms", wanted).is(201);
            return "";
          };
    };
  }

  private static String of(String id) {
    return "&session=" + id;
  }

  private static String any(EndReason reason) {
    return ways(reason).values().iterator().next().get();
  }

  private static List<JsonObject> events(String query) {
    return events(at, query);
  }

  private static List<JsonObject> events(Installation where, String query) {
    return where.admin.get("/api/v1/events" + query).is(200).json().getJsonArray("items").stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  private static List<String> types(String id) {
    return events("?session=" + id).stream().map(event -> event.getString("type")).toList();
  }

  private static String session(String kind, int seconds, @Nullable Integer policy) {
    JsonObject wanted = json().put("kind", kind).put("durationSeconds", seconds);
    switch (kind) {
      case "psm" -> wanted.put("processInstance", GATEWAY);
      case "device_admin" -> wanted.put("attributes", json().put("deviceId", "laptop-7"));
      case "timed_access" -> wanted.put("attributes", json().put("resourceId", "crm"));
      default -> {}
    }
    return at.session(policy == null ? wanted : wanted.put("policy", policy));
  }

  private static String access() {
    return session("access", 3_600, null);
  }

  private static String brief(String kind) {
    return session(kind, 1, null);
  }

  private static String under(JsonObject terms, String kind) {
    int policy =
        at.admin
            .post("/api/v1/admin/policies", terms.put("name", Installation.fresh("policy")))
            .is(201)
            .json()
            .getInteger("id");
    return session(kind, 3_600, policy);
  }

  private static String after(String id, Caller caller, String path) {
    caller.post(path.formatted(id), json()).is(200);
    return id;
  }

  private static String endedByGateway() {
    String id = at.psmSession();
    at.gateway
        .post(PSM + "EndSession", json().put("session", id).put("processInstance", GATEWAY))
        .is(200);
    return id;
  }

  private static String checkedIn() {
    JsonObject checkout = at.checkout(at.credential());
    at.user.post("/api/v1/checkouts/" + checkout.getString("checkOutId") + "/checkin").is(200);
    return checkout.getString("sessionId");
  }

  private static String revoked(String id, Function<String, JsonObject> wanted) {
    at.admin.post("/api/v1/admin/active-sessions/revoke", wanted.apply(id)).is(200);
    return id;
  }

  private static String person() {
    String name = Installation.fresh("person");
    am.user(name, "root", "USER");
    return name;
  }

  private static String revokedByFilter() {
    String name = person();
    String id = at.session(json().put("kind", "device_admin").put("userId", name));
    return revoked(id, any -> json().put("filter", json().put("user", name)).put("expected", 1));
  }

  private static String requestRevoked() {
    String name = person();
    JsonObject wanted =
        json()
            .put("requestorId", name)
            .put("resourceId", "laptop-7")
            .put("resourceType", "device")
            .put("expiry", Instant.now().plusSeconds(3_600).toString());
    String path =
        "/api/v2/accessrequests/"
            + at.admin.post("/api/v2/accessrequests", wanted).is(200).json().getString("accessId");
    String id = startedSessionOf(name);
    at.admin.post(path + "/revoke", json()).is(200);
    return id;
  }

  private static String userRemoved() {
    String name = person();
    String id = at.session(json().put("kind", "access").put("userId", name));
    at.admin.delete("/api/v1/admin/users/" + name).is(204);
    return id;
  }

  private static String startedSessionOf(String name) {
    String query = "?user=" + name + "&types=dev.curfew.session.started";
    Await.until("the start is in the log", () -> !events(query).isEmpty());
    return events(query).get(0).getJsonObject("data").getString("sessionId");
  }

  /**
   * @param by the user themselves or an administrator
   */
  private static String loggedOut(String by) {
    String name = person();
    String token = am.login(name);
    if (by.equals("amadmin")) {
      AmInstallation.act(am.holder(am.login(by)), "3", "logout", token).is(200);
    } else {
      AmInstallation.act(am.holder(token), "3", "logout", "").is(200);
    }
    return startedSessionOf(name);
  }

  private static String displaced() {
    String acme = "/realms/root/realms/acme";
    String name = Installation.fresh("crowd");
    am.user(name, "acme", "USER");
    am.service(
        acme,
        "session",
        json().put("dynamic", json().put("quotaLimit", 1).put("quotaAction", "DESTROY_OLDEST")));
    try {
      am.acmeLogin(name);
      String first = startedSessionOf(name);
      am.acmeLogin(name);
      return first;
    } finally {
      am.holder(am.login("amadmin"))
          .delete("/json" + acme + "/realm-config/services/session")
          .is(200);
    }
  }

  private static String denied() {
    return opened(RuleServer.Mood.BROKEN, false);
  }

  /** An access session to one resource whose provider is in that mood. */
  private static String opened(RuleServer.Mood mood, boolean thenStopped) {
    String name = person();
    Caller user = at.key(name, List.of("sessions:read", "sessions:write"));
    try (RuleServer server = RuleServer.start()) {
      server.is("apply", mood);
      at.admin
          .post(
              "/api/v1/admin/resources",
              json()
                  .put("name", Installation.fresh("resource"))
                  .put("provider", "webhook")
                  .put("settings", server.settings())
                  .put("users", new JsonArray().add(name)))
          .is(201);
      String id =
          user.post(
                  "/api/v1/sessions",
                  json().put("durationHours", 1).put("ipv4Address", "203.0.113.42"))
              .is(201)
              .json()
              .getString("id");
      if (thenStopped) {
        Await.until("the rule holds", () -> types(id).contains(EventType.GRANT_APPLIED.wireName()));
        user.post("/api/v1/sessions/" + id + "/stop", json()).is(200);
      }
      Await.until("the session is over", () -> types(id).contains(ENDED));
      return id;
    }
  }

  /** A recording that was claimed so often by an encoder that was never heard of again. */
  private static String leftByEncoders(int times) {
    String id = recorded(bare);
    for (int i = 1; i <= times; i++) {
      int claim = i;
      JsonObject who =
          json().put("processInstance", Installation.fresh("encoder")).put("maxSessions", 100);
      Await.until(
          "the recording is claimed",
          () -> {
            bare.worker.post(PSM + "EncoderClaim", who).is(200);
            return events(bare, "?types=dev.curfew.recording.encoding&session=" + id).size()
                == claim;
          });
    }
    return id;
  }

  private static String recorded() {
    return recorded(at);
  }

  private static String recorded(Installation at) {
    String id = at.psmSession();
    at.gateway
        .post(
            PSM + "savekeystrokes",
            json().put("session", id).put("processInstance", GATEWAY).put("text", "ls"))
        .is(200);
    at.gateway
        .post(PSM + "EndSession", json().put("session", id).put("processInstance", GATEWAY))
        .is(200);
    return id;
  }
}
