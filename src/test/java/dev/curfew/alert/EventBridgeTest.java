package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.session.Tier;
import dev.curfew.store.EventCursor;
import dev.curfew.testing.Await;
import dev.curfew.testing.BridgeClient;
import dev.curfew.testing.BridgeClient.Kind;
import dev.curfew.testing.TestStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventBridgeTest extends AlertNodeTest {
  private static final String STARTED = "dev.curfew.session.started";
  private static final String LOGIN = "dev.curfew.auth.login";
  private static final String OWN = "alerts.user.2";
  private static final String ROOT = "alerts.realm.root";

  private static final AlertHub.Options OPTIONS =
      new AlertHub.Options(
          Duration.ofMillis(200),
          Duration.ofSeconds(15),
          Duration.ofMillis(300),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2));

  private final List<BridgeClient> clients = new ArrayList<>();
  private final String user = keys.add(AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ));

  EventBridgeTest() {
    super(OPTIONS);
  }

  @AfterEach
  void leave() {
    clients.forEach(BridgeClient::close);
  }

  private BridgeClient connect(Kind kind) {
    return connect(kind, Map.of());
  }

  private BridgeClient connect(Kind kind, Map<String, String> headers) {
    BridgeClient client = BridgeClient.connect(kind, node.ports(), headers);
    clients.add(client);
    return client;
  }

  private UUID session(int realm, long owner) throws Exception {
    UUID id = UUID.randomUUID();
    sql.run(
        """
        INSERT INTO session (
          id, numeric_id, shard, realm_id, user_id, kind, state, policy_id, max_duration_ms,
          max_idle_ms, stale_after_ms, warn_before_ms, started_at, expires_at, created_by)
        VALUES (?, ?, 0, ?, ?, 2, 2, 1, 86400000, 0, 300000, '{}', now(), now(), ?)
        """,
        id,
        id.getLeastSignificantBits() >>> 1,
        realm,
        owner,
        owner);
    return id;
  }

  // What is told

  @ParameterizedTest
  @EnumSource(Kind.class)
  void message_isTheStandardFrameWithTheEvent(Kind kind) throws Exception {
    BridgeClient client = connect(kind);
    client.register(OWN, user);
    client.awaitObeyed();
    UUID session = UUID.randomUUID();
    log.write(STARTED, 1, session, 2L, "one");
    node.nudge();
    client.awaitNames(OWN, "one");

    JsonObject message = client.received().get(0);
    if (kind == Kind.TCP) {
      assertThat(message.fieldNames())
          .containsExactly("type", "address", "headers", "body", "send");
      assertThat(message.getBoolean("send")).isFalse();
    } else {
      assertThat(message.fieldNames()).containsExactly("type", "address", "body");
    }
    JsonObject event = message.getJsonObject("body");
    assertThat(event.getString("specversion")).isEqualTo("1.0");
    assertThat(event.getString("type")).isEqualTo(STARTED);
    assertThat(event.getString("subject")).isEqualTo("session/" + session);
    assertThat(event.getString("id")).isNotBlank();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void addresses_tellWhatIsTheirs(Kind kind) throws Exception {
    UUID session = session(1, 2);
    String ofSession = "alerts.session." + session;
    BridgeClient client = connect(kind);
    client.register(OWN, user);
    client.register(ofSession, Map.of("authorization", "Bearer " + user));
    client.register(ROOT, admin);
    client.awaitObeyed();
    assertThat(client.received()).isEmpty();

    log.write(STARTED, 1, session, 2L, "a");
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "b");
    log.write(STARTED, 1, UUID.randomUUID(), 1L, "c");
    log.write(STARTED, 2, UUID.randomUUID(), 3L, "d");
    log.write(LOGIN, 1, null, 2L, "e");
    log.write(STARTED, 1, session, 2L, "f");
    node.nudge();

    client.awaitNames(ofSession, "a", "f");
    client.awaitNames(OWN, "a", "b", "f");
    client.awaitNames(ROOT, "a", "b", "c", "e", "f");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void after_replaysThenGoesOn(Kind kind) throws Exception {
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "a");
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "b");
    BridgeClient first = connect(kind);
    first.register(OWN, Map.of("x-api-key", user, "after", EventCursor.START.text()));
    first.awaitNames(OWN, "a", "b");
    String last = first.messages(OWN).get(0).getJsonObject("body").getString("id");

    BridgeClient resumed = connect(kind);
    resumed.register(OWN, Map.of("X-API-Key", user, "After", last));
    resumed.awaitNames(OWN, "b");
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "c");
    node.nudge();

    resumed.awaitNames(OWN, "b", "c");
    first.awaitNames(OWN, "a", "b", "c");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void unregister_endsWhatWasRegistered(Kind kind) throws Exception {
    BridgeClient client = connect(kind);
    client.register(OWN, user);
    client.register(ROOT, admin);
    client.awaitObeyed();
    assertThat(node.bridge().registrations()).isEqualTo(2);

    client.unregister(OWN);
    client.awaitObeyed();
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "one");
    node.nudge();

    client.awaitNames(ROOT, "one");
    assertThat(client.names(OWN)).isEmpty();
    assertThat(node.bridge().registrations()).isEqualTo(1);
    client.close();
    Await.until("gone", () -> node.bridge().connections() == 0);
    assertThat(node.bridge().registrations()).isZero();
    assertThat(node.hub().connections()).isZero();
  }

  @Test
  void handshake_mayCarryTheCredential() throws Exception {
    for (Kind kind : List.of(Kind.WEBSOCKET, Kind.SOCKJS)) {
      BridgeClient client = connect(kind, Map.of("X-API-Key", user));
      client.register(OWN, Map.of());
      client.register(ROOT, Map.of());

      assertThat(client.awaitError().getString("address")).isEqualTo(ROOT);
      log.write(STARTED, 1, UUID.randomUUID(), 2L, kind.name());
      node.nudge();
      client.awaitNames(OWN, kind.name());
    }
  }

  @Test
  void ping_isAnsweredOnTcpOnly() {
    BridgeClient tcp = connect(Kind.TCP);
    BridgeClient sockJs = connect(Kind.SOCKJS);

    tcp.say(new JsonObject().put("type", "ping"));
    sockJs.say(new JsonObject().put("type", "ping"));

    assertThat(tcp.await("a pong", frame -> true)).isEqualTo(new JsonObject().put("type", "pong"));
    sockJs.awaitObeyed();
    assertThat(sockJs.received()).isEmpty();
  }

  // What is refused

  @Test
  void register_ofWhatIsNotOnesOwnIsRefused() {
    Map<String, Integer> refusals =
        Map.ofEntries(
            Map.entry("alerts.user.1", 403),
            Map.entry("alerts.user.2147483647", 403),
            Map.entry("alerts.user.9999999999", 403),
            Map.entry("alerts.realm.root", 403),
            Map.entry("alerts.realm.acme", 404),
            Map.entry("alerts.realm.nowhere", 404),
            Map.entry("alerts.session.123e4567-e89b-12d3-a456-426614174000", 404),
            Map.entry("alerts.session.1-2-3-4-5", 403),
            Map.entry("alerts.user.02", 403),
            Map.entry("alerts.user.-2", 403),
            Map.entry("alerts.user.99999999999", 403),
            Map.entry("alerts.user.user2", 403),
            Map.entry("alerts.users.2", 403),
            Map.entry("alerts.", 403),
            Map.entry("", 403),
            Map.entry("alerts.*", 403),
            Map.entry("curfew.events.committed", 403));
    for (Kind kind : Kind.values()) {
      BridgeClient client = connect(kind);
      refusals.forEach(
          (address, code) -> {
            client.register(address, user);

            JsonObject err =
                client.await("err of " + address, frame -> address.equals(address(frame)));
            assertThat(err.getString("type")).isEqualTo("err");
            assertThat(err.getInteger("failureCode")).as(address).isEqualTo(code);
            assertThat(err.getString("failureType")).isEqualTo("RECIPIENT_FAILURE");
            assertThat(err.getString("message")).isNotBlank();
            assertThat(word(kind, err)).isEqualTo("access_denied");
          });
      assertThat(client.isClosed()).isFalse();
    }
    assertThat(node.bridge().registrations()).isZero();
  }

  private static String address(JsonObject frame) {
    return frame.getString("address");
  }

  /** What the standard bridge of this kind calls the refusal. */
  private static String word(Kind kind, JsonObject err) {
    return err.getString(kind == Kind.TCP ? "message" : "body");
  }

  @Test
  void register_isWhatRoleAllows() throws Exception {
    String auditor = keys.add(AlertNode.principal(9, 1, Role.AUDITOR, Scope.AUDIT_READ));
    String realm = keys.add(AlertNode.principal(9, 1, Role.ORG_ADMIN, Scope.SESSIONS_READ));
    String unscoped = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.PSM_READ));
    UUID own = session(1, 2);
    UUID others = session(1, 1);
    UUID foreign = session(2, 3);

    assertThat(refusals(auditor, "alerts.user.2", "alerts.user.3", "alerts.user.4"))
        .containsExactly(0, 404, 404);
    assertThat(refusals(realm, ROOT, "alerts.realm.acme", "alerts.session." + others))
        .containsExactly(0, 404, 0);
    assertThat(refusals(realm, "alerts.session." + foreign)).containsExactly(404);
    assertThat(refusals(user, "alerts.session." + own, "alerts.session." + others))
        .containsExactly(0, 403);
    assertThat(refusals(user, "alerts.session." + foreign)).containsExactly(404);
    assertThat(refusals(admin, "alerts.session." + foreign, "alerts.realm.acme", "alerts.user.3"))
        .containsExactly(0, 0, 0);
    assertThat(refusals(unscoped, ROOT, "alerts.user.1")).containsExactly(403, 403);
    assertThat(refusals("unknown", ROOT, "alerts.nothing")).containsExactly(401, 401);
  }

  /** How each registration is refused; 0 when it is not. */
  private List<Integer> refusals(String key, String... addresses) {
    BridgeClient client = connect(Kind.TCP);
    List<Integer> codes = new ArrayList<>();
    for (String address : addresses) {
      client.register(address, key);
      client.awaitObeyed();
      codes.add(
          client.received().stream()
              .filter(frame -> address.equals(frame.getString("address")))
              .map(frame -> frame.getInteger("failureCode"))
              .findFirst()
              .orElse(0));
    }
    return codes;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void register_withoutCredentialIsRefused(Kind kind) {
    BridgeClient client = connect(kind);

    client.register(OWN, Map.of());

    JsonObject err = client.awaitError();
    assertThat(err.getInteger("failureCode")).isEqualTo(401);
    assertThat(word(kind, err)).isEqualTo("not_logged_in");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void register_withABadCursorIsRefusedNamingIt(Kind kind) {
    String foreign = new EventCursor(1L << 40, 1, 0).text();
    for (String after : List.of("17", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", foreign)) {
      BridgeClient client = connect(kind);

      client.register(OWN, Map.of("X-API-Key", user, "after", after));

      JsonObject err = client.awaitError();
      assertThat(err.getInteger("failureCode")).isEqualTo(400);
      assertThat(err.getString(kind == Kind.TCP ? "reason" : "message")).startsWith("after");
      assertThat(address(err)).isEqualTo(OWN);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void register_twiceIsRefusedAndTooMuchIs(Kind kind) throws Exception {
    BridgeClient client = connect(kind);
    client.register(OWN, user);
    client.register(OWN, user);
    assertThat(client.awaitError().getInteger("failureCode")).isEqualTo(409);
    client.received().clear();

    for (int i = 1; i < EventBridge.MOST_REGISTRATIONS; i++) {
      client.register("alerts.session." + session(1, 2), user);
    }
    client.awaitObeyed();
    assertThat(client.received()).isEmpty();
    client.register("alerts.session." + session(1, 2), user);

    assertThat(client.awaitError().getInteger("failureCode")).isEqualTo(429);
    assertThat(node.bridge().registrations()).isEqualTo(EventBridge.MOST_REGISTRATIONS);
  }

  @Test
  void frame_thatIsMalformedIsRefused() {
    Map<String, String> refusals =
        Map.ofEntries(
            Map.entry("nonsense", "invalid_json"),
            Map.entry("null", "invalid_json"),
            Map.entry("[]", "invalid_json"),
            Map.entry("{\"type\":\"register\"", "invalid_json"),
            Map.entry("{}", "missing_type"),
            Map.entry("{\"type\":7}", "missing_type"),
            Map.entry("{\"type\":\"REGISTER\",\"address\":\"alerts.user.2\"}", "unknown_type"),
            Map.entry("{\"type\":\"message\",\"address\":\"alerts.user.2\"}", "unknown_type"),
            Map.entry("{\"type\":\"register\"}", "missing_address"),
            Map.entry("{\"type\":\"register\",\"address\":{}}", "missing_address"),
            Map.entry(
                "{\"type\":\"register\",\"address\":\"alerts.user.2\",\"headers\":7}", "rejected"),
            Map.entry(
                "{\"type\":\"register\",\"address\":\"a\",\"headers\":{\"Authorization\":[]}}",
                "rejected"),
            Map.entry(
                "{\"type\":\"send\",\"address\":\"a\",\"replyAddress\":7}",
                "invalid_reply_address"),
            Map.entry(
                "{\"type\":\"unregister\",\"address\":\"alerts.user.2\"}", "unknown_address"));
    for (Kind kind : Kind.values()) {
      BridgeClient client = connect(kind);
      refusals.forEach(
          (frame, word) -> {
            client.received().clear();
            Await.result(client.say(frame));

            assertThat(word(kind, client.awaitError())).as(frame).isEqualTo(word);
          });
      client.register(OWN, user);
      client.awaitObeyed();
      assertThat(client.isClosed()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void address_thatIsTooLongIsRefused(Kind kind) {
    BridgeClient client = connect(kind);

    client.register("alerts.realm." + "x".repeat(300), admin);

    assertThat(word(kind, client.awaitError())).isEqualTo("max_address_length_reached");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void realm_withOddCharactersIsUnknownAtMost(Kind kind) {
    BridgeClient client = connect(kind);
    for (String name : List.of("\u0000", "a\u0000b", "ro\not", "\ud800", "' OR 1=1 --")) {
      client.received().clear();

      client.register("alerts.realm." + name, admin);

      assertThat(client.awaitError().getInteger("failureCode")).isIn(403, 404);
    }
    assertThat(client.isClosed()).isFalse();
  }

  // Clients that harm only themselves

  @Test
  void tcpFrame_ofAnImpossibleLengthClosesItsConnectionOnly() throws Exception {
    BridgeClient good = connect(Kind.TCP);
    good.register(ROOT, admin);
    good.awaitObeyed();
    for (int length : List.of(0, -1, 65_537, Integer.MAX_VALUE, Integer.MIN_VALUE)) {
      BridgeClient bad = connect(Kind.TCP);

      bad.raw(Buffer.buffer().appendInt(length).appendString("{}"));

      assertThat(bad.awaitError().getInteger("failureCode")).isEqualTo(1009);
      bad.awaitClosed();
    }
    log.write("one");
    node.nudge();
    good.awaitNames(ROOT, "one");
  }

  @Test
  void tcpFrame_mayComeInPieces() throws Exception {
    BridgeClient client = connect(Kind.TCP);
    Buffer ping = Buffer.buffer("{\"type\":\"ping\"}");
    Buffer framed = Buffer.buffer().appendInt(ping.length()).appendBuffer(ping);

    for (int i = 0; i < framed.length(); i++) {
      Await.result(client.raw(framed.getBuffer(i, i + 1)));
    }
    Await.result(client.raw(framed.copy().appendBuffer(framed).appendBytes(new byte[] {0, 0})));

    Await.until("three pongs", () -> client.received().size() == 3);
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void webSocketFrame_overTheLimitClosesItsConnectionOnly() throws Exception {
    for (Kind kind : List.of(Kind.WEBSOCKET, Kind.SOCKJS)) {
      BridgeClient good = connect(kind);
      good.register(ROOT, admin);
      good.awaitObeyed();
      BridgeClient bad = connect(kind);

      bad.say("x".repeat(70_000));

      assertThat(bad.awaitClosed()).startsWith("1009");
      log.write(kind.name());
      node.nudge();
      good.awaitNames(ROOT, kind.name());
    }
    Await.until("gone", () -> node.bridge().connections() == 2);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void flood_ofBadFramesClosesItsConnectionOnly(Kind kind) throws Exception {
    BridgeClient good = connect(kind);
    good.register(ROOT, admin);
    good.awaitObeyed();
    BridgeClient bad = connect(kind);

    for (int i = 0; i < 150; i++) {
      bad.say("nonsense");
    }

    String closed = bad.awaitClosed();
    if (kind != Kind.TCP) {
      assertThat(closed).startsWith("1008");
    }
    log.write("one");
    node.nudge();
    good.awaitNames(ROOT, "one");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void stalledReader_isCutAndResumesWithEverything(Kind kind) throws Exception {
    BridgeClient stalled = connect(kind);
    BridgeClient other = connect(kind);
    for (BridgeClient client : List.of(stalled, other)) {
      client.register(ROOT, admin);
      client.register("alerts.user.1", admin);
      client.awaitObeyed();
    }
    log.write("first");
    node.nudge();
    stalled.awaitNames(ROOT, "first");
    stalled.stall();
    int written = 0;
    while (written < 1_000 && node.hub().readersCut() == 0) {
      writeBulk(written, 100);
      written += 100;
      node.nudge();
      int expected = written + 1;
      Await.until("others are told", () -> other.names(ROOT).size() == expected);
    }
    Await.until("cut", () -> node.hub().readersCut() == 1);
    stalled.readOn();

    String closed = stalled.awaitClosed();
    if (kind == Kind.TCP) {
      assertThat(stalled.awaitError().getInteger("failureCode")).isEqualTo(1013);
    } else {
      assertThat(closed).startsWith("1013");
    }
    assertThat(stalled.names(ROOT).size()).isLessThan(written);
    List<JsonObject> last = stalled.messages(ROOT);
    BridgeClient resumed = connect(kind);
    resumed.register(
        ROOT,
        Map.of(
            "X-API-Key",
            admin,
            "after",
            last.get(last.size() - 1).getJsonObject("body").getString("id")));
    int all = written + 1;
    Await.until("all", () -> last.size() + resumed.names(ROOT).size() == all);
    List<String> names = new ArrayList<>(stalled.names(ROOT));
    names.addAll(resumed.names(ROOT));
    assertThat(names).isEqualTo(other.names(ROOT));
  }

  /** Events of 64 KiB, so that few fill every buffer on the way. */
  private void writeBulk(int from, int count) throws Exception {
    sql.run(
        "INSERT INTO event (type, realm_id, session_id, user_id, at, data)"
            + " SELECT ?, 1, gen_random_uuid(), 1, clock_timestamp(),"
            + " jsonb_build_object('name', 'bulk' || (i + ?), 'ballast', repeat('x', 60000))"
            + " FROM generate_series(1, ?) i ORDER BY i",
        STARTED,
        from,
        count);
  }

  @Test
  void silentClient_isDisconnectedUnlessItOnlyListensOnTcp() throws Exception {
    restart(Duration.ofMillis(300));
    BridgeClient silent = connect(Kind.SOCKJS);
    BridgeClient idle = connect(Kind.TCP);
    BridgeClient listening = connect(Kind.TCP);
    listening.register(ROOT, admin);

    assertThat(silent.awaitClosed()).startsWith("1002");
    idle.awaitClosed();
    log.write("one");
    node.nudge();
    listening.awaitNames(ROOT, "one");
  }

  // Credentials and the node itself

  @ParameterizedTest
  @EnumSource(Kind.class)
  void revokedCredential_endsItsRegistrationsOnly(Kind kind) throws Exception {
    String key = keys.add(AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ));
    BridgeClient client = connect(kind);
    client.register(OWN, key);
    client.register(ROOT, admin);
    client.awaitObeyed();

    keys.revoke(key);
    node.credentialsChanged();

    JsonObject err = client.awaitError();
    assertThat(err.getString("address")).isEqualTo(OWN);
    assertThat(err.getInteger("failureCode")).isEqualTo(401);
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "one");
    node.nudge();
    client.awaitNames(ROOT, "one");
    assertThat(client.names(OWN)).isEmpty();
    assertThat(node.bridge().registrations()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void expiredCredential_endsItsRegistrations(Kind kind) {
    String key =
        keys.add(
            new Principal(
                2,
                new UUID(7, 2),
                "user2",
                1,
                "root",
                Tier.ENTERPRISE,
                Set.of(Role.USER),
                Set.of(Scope.SESSIONS_READ),
                UUID.randomUUID(),
                System.currentTimeMillis() + 1_000));
    BridgeClient client = connect(kind);

    client.register(OWN, key);

    JsonObject err = client.awaitError();
    assertThat(err.getInteger("failureCode")).isEqualTo(401);
    assertThat(err.getString(kind == Kind.TCP ? "reason" : "message")).contains("expired");
  }

  @Test
  void stop_saysGoodbyeToWhoIsToldEvents() {
    BridgeClient webSocket = connect(Kind.WEBSOCKET);
    BridgeClient sockJs = connect(Kind.SOCKJS);
    BridgeClient tcp = connect(Kind.TCP);
    for (BridgeClient client : List.of(webSocket, sockJs, tcp)) {
      client.register(ROOT, admin);
      client.awaitObeyed();
    }

    node.stopHub();

    assertThat(webSocket.awaitClosed()).startsWith("1001");
    assertThat(sockJs.awaitClosed()).startsWith("1001");
    assertThat(tcp.awaitError().getInteger("failureCode")).isEqualTo(1001);
    tcp.awaitClosed();
  }

  private void restart(Duration ping) {
    var endpoint = node.endpoint();
    node.close();
    node =
        new AlertNode(
            TestStore.open(endpoint),
            keys,
            new AlertHub.Options(
                OPTIONS.poll(),
                ping,
                OPTIONS.stall(),
                OPTIONS.linger(),
                OPTIONS.recheck(),
                OPTIONS.goodbye()));
  }

  // The fallbacks of SockJS

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private HttpResponse<String> ask(String method, String path, String body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private String registerOwn() {
    return new JsonArray()
        .add(
            BridgeClient.frame("register", OWN)
                .put("headers", new JsonObject().put("X-API-Key", user))
                .encode())
        .encode();
  }

  @Test
  void xhrStreaming_tellsEventsToo() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    var stream =
        http.sendAsync(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://127.0.0.1:" + node.port() + "/eventbus/000/stream/xhr_streaming"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.fromLineSubscriber(
                new java.util.concurrent.Flow.Subscriber<>() {
                  @Override
                  public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                  }

                  @Override
                  public void onNext(String line) {
                    lines.add(line);
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onComplete() {}
                }));
    Await.until("open", () -> lines.contains("o"));
    assertThat(ask("POST", "/eventbus/000/stream/xhr_send", registerOwn()).statusCode())
        .isEqualTo(204);
    Await.until("registered", () -> node.bridge().registrations() == 1);
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "one");
    node.nudge();

    Await.until("told", () -> lines.stream().anyMatch(line -> line.contains("\\\"one\\\"")));
    stream.cancel(true);
    Await.until("gone", () -> node.bridge().connections() == 0);
  }

  @Test
  void sockJs_refusesWhatIsNotItsProtocol() throws Exception {
    assertThat(ask("GET", "/eventbus/info", "").body()).contains("\"websocket\":true");
    assertThat(ask("GET", "/eventbus/iframe.html", "").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/eventbus/000/x/jsonp?c=f", "").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/eventbus/000/x/xhr", "").statusCode()).isEqualTo(404);
    assertThat(ask("GET", "/eventbus/nothing", "").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/eventbus/000/none/xhr_send", registerOwn()).statusCode())
        .isEqualTo(404);
    assertThat(ask("POST", "/eventbus/000/bad/xhr_send", "x".repeat(70_000)).statusCode())
        .isEqualTo(413);
  }
}
