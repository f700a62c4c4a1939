package dev.curfew.contract;

import dev.curfew.TestNode;
import dev.curfew.store.DatabaseEndpoint;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A node with two realms and somebody of every sort in them: realm {@code root} of tier enterprise,
 * realm {@code acme} of tier free.
 */
final class Installation implements AutoCloseable {
  static final String PSM = "/api/services/v1/secureaccessgateway/";
  static final String STATUS = "/api/config/v1/jump-approval/session-status/";
  static final String GATEWAY = "psm_app_instance";
  private static final AtomicInteger sequence = new AtomicInteger();

  final Dialects dialects = new Dialects();
  final TestNode node;

  /** Without a credential. */
  final Caller anonymous;

  /** Administrator of all, with every scope. */
  final Caller admin;

  /** An ordinary user of realm root. */
  final Caller user;

  /** Another one. */
  final Caller other;

  /** An auditor of realm root whose key has scopes that would change things, were they a user. */
  final Caller auditor;

  /** A gateway of realm root. */
  final Caller gateway;

  /** Encodes and uploads, for realm root. */
  final Caller worker;

  /** Administers realm acme, with every scope. */
  final Caller organisation;

  /** A user of realm acme. */
  final Caller stranger;

  /** A gateway of realm acme. */
  final Caller strangeGateway;

  final JsonObject userRecord;
  final JsonObject strangerRecord;

  private static final List<String> USER_SCOPES =
      List.of(
          "sessions:read",
          "sessions:write",
          "session:join",
          "credential:read",
          "credential:write",
          "recording:read",
          "pra:read");
  private static final List<String> GATEWAY_SCOPES =
      List.of("psm:read", "psm:write", "session:join", "credential:read", "credential:write");
  private static final List<String> ALL_SCOPES =
      List.of(
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
          "ssf:read",
          "ssf:manage",
          "admin");

  private Installation(TestNode node) {
    this.node = node;
    anonymous = Caller.withoutCredential(node.url(), dialects);
    admin = anonymous.withKey(node.adminKey());
    admin
        .post("/api/v1/admin/realms", new JsonObject().put("name", "acme").put("tier", "free"))
        .is(201);
    userRecord = user("jdoe", "root", "USER");
    user = key("jdoe", USER_SCOPES);
    user("mallory", "root", "USER");
    other = key("mallory", USER_SCOPES);
    user("audrey", "root", "AUDITOR");
    auditor =
        key(
            "audrey",
            List.of("sessions:read", "sessions:write", "psm:write", "audit:read", "admin"));
    user("gateway", "root", "USER");
    gateway = key("gateway", GATEWAY_SCOPES);
    user("worker", "root", "USER");
    worker = key("worker", List.of("recording:encode", "recording:upload", "psm:read"));
    user("olga", "acme", "ORG_ADMIN");
    organisation = key("olga", ALL_SCOPES);
    strangerRecord = user("stranger", "acme", "USER");
    stranger = key("stranger", USER_SCOPES);
    user("acme-gateway", "acme", "USER");
    strangeGateway = key("acme-gateway", GATEWAY_SCOPES);
  }

  static Installation start(Map<String, String> settings) {
    return start(TestNode.start(settings));
  }

  /**
   * @param endpoint of a database that no other installation has
   */
  static Installation start(Map<String, String> settings, DatabaseEndpoint endpoint) {
    return start(TestNode.start(settings, endpoint));
  }

  private static Installation start(TestNode node) {
    try {
      return new Installation(node);
    } catch (RuntimeException | Error failure) {
      node.close();
      throw failure;
    }
  }

  private JsonObject user(String name, String realm, String role) {
    return admin
        .post(
            "/api/v1/admin/users",
            new JsonObject()
                .put("username", name)
                .put("email", name + "@example.com")
                .put("displayName", "The one called " + name)
                .put("roles", new JsonArray().add(role))
                .put("realm", realm))
        .is(201)
        .json();
  }

  /** Makes a key for a user. */
  Caller key(String username, List<String> scopes) {
    JsonObject wanted =
        new JsonObject()
            .put("name", "key of " + username)
            .put("scopes", new JsonArray(scopes))
            .put("userId", username);
    return anonymous.withKey(
        admin.post("/api/v1/api-keys", wanted).is(201).json().getString("plainTextKey"));
  }

  static final String PASSWORD = "correct horse battery staple";

  /** Makes a user with {@link #PASSWORD}; what they log in with. */
  JsonObject passwordUser(String realm, String role) {
    String name = fresh("person");
    admin
        .post(
            "/api/v1/admin/users",
            new JsonObject()
                .put("username", name)
                .put("email", name + "@example.com")
                .put("password", PASSWORD)
                .put("roles", new JsonArray().add(role))
                .put("realm", realm))
        .is(201);
    return new JsonObject().put("email", name + "@example.com").put("password", PASSWORD);
  }

  /** Who was given these tokens. */
  Caller bearer(JsonObject tokens) {
    return anonymous.with("Authorization", "Bearer " + tokens.getString("accessToken"));
  }

  /** Makes an account of a program, for the administrator. */
  JsonObject oauthClient(String... scopes) {
    JsonObject wanted =
        new JsonObject().put("name", fresh("client")).put("scopes", new JsonArray(List.of(scopes)));
    return admin.post("/api/v1/admin/oauth-clients", wanted).is(201).json();
  }

  /** Such an account where it gets its tokens. */
  Caller client(JsonObject account) {
    return client(account.getString("clientId"), account.getString("clientSecret"));
  }

  Caller client(String id, String secret) {
    String pair = id + ":" + secret;
    return anonymous
        .with(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)))
        .with("Content-Type", "application/x-www-form-urlencoded");
  }

  /** A name that nobody has used. */
  static String fresh(String stem) {
    return stem + "-" + sequence.incrementAndGet();
  }

  /** A live PSM session of jdoe that belongs to {@link #GATEWAY}. */
  String psmSession() {
    return session(new JsonObject().put("kind", "psm").put("processInstance", GATEWAY));
  }

  /** A live session of jdoe for an hour. */
  String session(JsonObject more) {
    JsonObject wanted = new JsonObject().put("userId", "jdoe").put("durationSeconds", 3_600);
    return admin
        .post("/api/v1/admin/sessions", wanted.mergeIn(more))
        .is(201)
        .json()
        .getString("id");
  }

  /** A session as the administration shows it. */
  JsonObject shown(String id) {
    return admin.get("/api/v1/admin/sessions/" + id).is(200).json();
  }

  /** An access session for a caller. */
  JsonObject accessSession(Caller whose, int hours) {
    return whose
        .post("/api/v1/sessions", new JsonObject().put("durationHours", hours))
        .is(201)
        .json();
  }

  int credential() {
    JsonObject wanted =
        new JsonObject()
            .put("name", fresh("credential"))
            .put("username", "svc-dba")
            .put("password", "correct horse battery staple")
            .put("rotateOnCheckin", true);
    return admin.post("/api/v1/admin/credentials", wanted).is(201).json().getInteger("id");
  }

  /** A checkout of jdoe for an hour. */
  JsonObject checkout(int credential) {
    JsonObject wanted =
        new JsonObject().put("credentialId", credential).put("durationSeconds", 3_600);
    return user.post("/api/v1/checkouts", wanted).is(201).json();
  }

  static String unknownId() {
    return UUID.randomUUID().toString();
  }

  @Override
  public void close() {
    node.close();
  }
}
