package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.store.EventCursor;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertSocketTest extends AlertNodeTest {
  private static final String STARTED = "dev.curfew.session.started";
  private static final String ENDED = "dev.curfew.session.ended";
  private static final String LOGIN = "dev.curfew.auth.login";

  private static final AlertHub.Options OPTIONS =
      new AlertHub.Options(
          Duration.ofMillis(200),
          Duration.ofSeconds(15),
          Duration.ofMillis(300),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2));

  private final AlertClient.Factory clients = new AlertClient.Factory();

  AlertSocketTest() {
    super(OPTIONS);
  }

  @AfterEach
  void leave() {
    clients.close();
  }

  // The handshake

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ?after=17                                      | after
          ?after=AAAAAAAAAAAAAAAAAAAAAAAAAAAA            | after
          ?after=AQAAAAAAAAAFAAAAAAAAAAcAAAAA%20         | after
          ?types=dev.curfew.session.begun                | types
          ?types=dev.curfew.session.ended,               | types
          ?session=17                                    | session
          ?session=123e4567-e89b-12d3-a456-42661417400g  | session
          ?user=nobody                                   | user
          ?user=%00                                      | user
          ?realm=%00                                     | realm
          ?from=2026-02-18T12:00:00Z                     | from
          ?to=never                                      | to
          """)
  void handshake_withABadParameterIsRefusedNamingIt(String query, String field) {
    UpgradeRejectedException refusal = clients.refused(node, admin, query);

    assertThat(refusal.getStatus()).isEqualTo(400);
    JsonObject body = refusal.getBody().toJsonObject();
    assertThat(body.getInteger("status")).isEqualTo(400);
    assertThat(body.getString("error")).isEqualTo("Bad Request");
    assertThat(body.getString("path")).isEqualTo("/api/v1/alerts");
    assertThat(body.getString("message")).startsWith(field);
    assertThat(body.getJsonObject("validationErrors").fieldNames()).containsExactly(field);
  }

  @Test
  void handshake_withACursorOfAnotherDatabaseIsRefused() {
    String foreign = new EventCursor(1L << 40, 1, 0).text();

    assertThat(clients.refused(node, admin, "?after=" + foreign).getStatus()).isEqualTo(400);
  }

  @Test
  void handshake_withBrokenEscapesIsRefused() {
    assertThatThrownBy(() -> handshake("?after=%zz")).hasMessageContaining("HTTP/1.1 400");
  }

  @Test
  void handshake_needsACredentialThenARight() {
    String revoked = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ));
    keys.revoke(revoked);
    String unscoped = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.PSM_READ));
    String user = keys.add(AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ));

    assertThat(clients.refused(node, null, "").getStatus()).isEqualTo(401);
    assertThat(clients.refused(node, revoked, "").getStatus()).isEqualTo(401);
    assertThat(clients.refused(node, revoked, "?after=17").getStatus()).isEqualTo(401);
    assertThat(clients.refused(node, unscoped, "").getStatus()).isEqualTo(403);
    assertThat(clients.refused(node, user, "?user=user1").getStatus()).isEqualTo(403);
  }

  @Test
  void request_thatIsNoHandshakeIsRefused() {
    assertThat(clients.get(node, admin, "")).isEqualTo(400);
    assertThat(clients.get(node, "unknown", "")).isEqualTo(401);
  }

  // What is told

  @Test
  void event_isTheEnvelopeOfTheContract() throws Exception {
    AlertClient client = clients.connect(node, admin, "");
    UUID session = UUID.randomUUID();
    Instant before = Instant.now().minusSeconds(60);
    log.write(STARTED, 1, session, 2L, "one");
    node.nudge();
    client.awaitNames("one");

    JsonObject event = client.received().get(0);
    assertThat(event.fieldNames())
        .containsExactly(
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data");
    assertThat(event.getString("specversion")).isEqualTo("1.0");
    assertThat(event.getString("source")).isEqualTo("/curfew/root");
    assertThat(event.getString("type")).isEqualTo(STARTED);
    assertThat(event.getString("subject")).isEqualTo("session/" + session);
    assertThat(event.getString("time"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
    assertThat(Instant.parse(event.getString("time"))).isAfter(before);
    assertThat(event.getString("datacontenttype")).isEqualTo("application/json");
    assertThat(event.getJsonObject("data").getString("realm")).isEqualTo("root");
    assertThat(event.getJsonObject("data").getString("userUuid")).hasSize(36);
  }

  @Test
  void withoutCursor_onlyWhatComesIsTold() throws Exception {
    log.write("before");
    node.nudge();
    AlertClient early = clients.connect(node, admin, "?after=" + EventCursor.START.text());
    early.awaitNames("before");
    AlertClient client = clients.connect(node, admin, "");

    log.write("after");
    node.nudge();

    client.awaitNames("after");
    early.awaitNames("before", "after");
  }

  @Test
  void withCursor_everythingAfterItIsToldOnce() throws Exception {
    log.write("a", "b", "c");
    AlertClient first = clients.connect(node, admin, "?after=" + EventCursor.START.text());
    first.awaitNames("a", "b", "c");

    AlertClient resumed =
        clients.connect(node, admin, "?after=" + first.received().get(0).getString("id"));
    log.write("d");
    node.nudge();

    resumed.awaitNames("b", "c", "d");
    first.awaitNames("a", "b", "c", "d");
  }

  @Test
  void lostNudge_delaysAnEventButDoesNotLoseIt() throws Exception {
    AlertClient client = clients.connect(node, admin, "");

    log.write("unannounced");

    client.awaitNames("unannounced");
  }

  @Test
  void lateCommit_isToldInItsPlace() throws Exception {
    AlertClient client = clients.connect(node, admin, "");
    try (DirectSql slow = DirectSql.open(node.endpoint()).begin()) {
      new TestLog(slow).write("slow");
      log.write("quick");
      node.nudge();
      slow.commit();
    }

    client.awaitNames("slow", "quick");
  }

  @Test
  void filters_areAllApplied() throws Exception {
    UUID session = UUID.randomUUID();
    AlertClient ofTypes = clients.connect(node, admin, "?types=" + ENDED + "," + LOGIN);
    AlertClient ofSession = clients.connect(node, admin, "?session=" + session);
    AlertClient ofUser = clients.connect(node, admin, "?user=user2");
    AlertClient ofAll =
        clients.connect(node, admin, "?user=2&types=" + ENDED + "&session=" + session);

    log.write(STARTED, 1, session, 2L, "a");
    log.write(ENDED, 1, session, 2L, "b");
    log.write(ENDED, 1, UUID.randomUUID(), 2L, "c");
    log.write(ENDED, 1, session, 1L, "d");
    log.write(LOGIN, 1, null, 2L, "e");
    log.write(ENDED, 1, session, 2L, "f");
    node.nudge();

    ofTypes.awaitNames("b", "c", "d", "e", "f");
    ofSession.awaitNames("a", "b", "d", "f");
    ofUser.awaitNames("a", "b", "c", "e", "f");
    ofAll.awaitNames("b", "f");
  }

  @Test
  void reach_isWhatRoleAndScopeAllow() throws Exception {
    String everything = keys.add(AlertNode.principal(9, 2, Role.ADMIN, Scope.AUDIT_READ));
    String realm = keys.add(AlertNode.principal(9, 1, Role.ORG_ADMIN, Scope.AUDIT_READ));
    String auditor = keys.add(AlertNode.principal(9, 1, Role.AUDITOR, Scope.AUDIT_READ));
    String sessions = keys.add(AlertNode.principal(9, 1, Role.ORG_ADMIN, Scope.SESSIONS_READ));
    String own =
        keys.add(AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ, Scope.AUDIT_READ));
    List<AlertClient> live = new ArrayList<>();
    for (String key : List.of(everything, realm, auditor, sessions, own)) {
      live.add(clients.connect(node, key, ""));
    }

    log.write(STARTED, 1, UUID.randomUUID(), 2L, "own");
    log.write(STARTED, 1, UUID.randomUUID(), 1L, "other");
    log.write(STARTED, 2, UUID.randomUUID(), 3L, "foreign");
    log.write(LOGIN, 1, null, 2L, "login");
    log.write("dev.curfew.admin.changed", 2, null, null, "changed");
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "last");
    node.nudge();

    String[][] expected = {
      {"own", "other", "foreign", "login", "changed", "last"},
      {"own", "other", "login", "last"},
      {"own", "other", "login", "last"},
      {"own", "other", "last"},
      {"own", "last"}
    };
    int i = 0;
    for (String key : List.of(everything, realm, auditor, sessions, own)) {
      live.get(i).awaitNames(expected[i]);
      clients.connect(node, key, "?after=" + EventCursor.START.text()).awaitNames(expected[i]);
      i++;
    }
  }

  @Test
  void foreignRealm_isNotFoundByItsUsersOrSessions() throws Exception {
    String realm = keys.add(AlertNode.principal(9, 1, Role.ORG_ADMIN, Scope.AUDIT_READ));

    UUID foreign = UUID.randomUUID();

    assertThat(clients.refused(node, realm, "?user=user3").getStatus()).isEqualTo(400);
    AlertClient client = clients.connect(node, realm, "?session=" + foreign);
    AlertClient witness = clients.connect(node, admin, "?session=" + foreign);
    log.write(STARTED, 2, foreign, 3L, "foreign");
    node.nudge();
    witness.awaitNames("foreign");

    assertThat(client.names()).isEmpty();
  }

  // Readers that stall, misbehave or vanish

  @Test
  void stalledReader_isCutAndResumesWithEverything() throws Exception {
    AlertClient stalled = clients.connect(node, admin, "");
    AlertClient other = clients.connect(node, admin, "");
    log.write("first");
    node.nudge();
    stalled.awaitNames("first");
    stalled.webSocket().pause();
    int written = 0;
    while (written < 1_000 && !cut()) {
      writeBulk(written, 100);
      written += 100;
      node.nudge();
      int expected = written + 1;
      Await.until("others are told", () -> other.names().size() == expected);
    }
    Await.until("cut", this::cut);
    stalled.webSocket().resume();

    assertThat(stalled.awaitClosed()).isEqualTo(1013);
    assertThat(stalled.names().size()).isLessThan(written);
    AlertClient resumed = clients.connect(node, admin, "?after=" + stalled.lastId());
    int all = written + 1;
    Await.until("all", () -> stalled.names().size() + resumed.names().size() == all);
    List<String> names = new ArrayList<>(stalled.names());
    names.addAll(resumed.names());
    assertThat(names).isEqualTo(other.names());
  }

  @Test
  void slowReader_catchesUpFromTheLog() throws Exception {
    restart(
        new AlertHub.Options(
            OPTIONS.poll(),
            OPTIONS.ping(),
            Duration.ofMinutes(1),
            OPTIONS.linger(),
            OPTIONS.recheck(),
            OPTIONS.goodbye()));
    AlertClient slow = clients.connect(node, admin, "");
    AlertClient other = clients.connect(node, admin, "");
    slow.webSocket().pause();
    writeBulk(0, 400);
    String[] names = new String[5_000];
    for (int i = 0; i < names.length; i++) {
      names[i] = "small" + i;
    }
    log.write(names);
    node.nudge();
    Await.until("others are told", () -> other.names().size() == 5_400);
    assertThat(slow.names().size()).isLessThan(400);

    slow.webSocket().resume();
    Await.until("caught up", () -> slow.names().size() == 5_400);
    log.write("live");
    node.nudge();
    Await.until("live again", () -> slow.names().size() == 5_401);

    Await.until("others too", () -> other.names().size() == 5_401);
    assertThat(slow.names()).isEqualTo(other.names());
  }

  private boolean cut() {
    return node.hub().readersCut() > 0;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense         | 1007
          {"ack":"17"}     | 1007
          {"ack":17}       | 1007
          {"hello":"you"}  | 1003
          """)
  void message_thatIsNotUnderstoodClosesItsConnectionOnly(String text, int code) throws Exception {
    AlertClient bad = clients.connect(node, admin, "");
    AlertClient good = clients.connect(node, admin, "");

    bad.send(text);

    assertThat(bad.awaitClosed()).isEqualTo(code);
    assertThat(bad.reason()).isNotBlank();
    log.write("one");
    node.nudge();
    good.awaitNames("one");
    assertThat(bad.names()).isEmpty();
  }

  @Test
  void acknowledgement_changesNothing() throws Exception {
    AlertClient client = clients.connect(node, admin, "");
    log.write("one");
    node.nudge();
    client.awaitNames("one");

    client.send(new JsonObject().put("ack", client.lastId()).encode());
    log.write("two");
    node.nudge();

    client.awaitNames("one", "two");
    assertThat(client.isClosed()).isFalse();
  }

  @Test
  void binaryFrame_isRefused() {
    AlertClient client = clients.connect(node, admin, "");

    client.sendBinary(Buffer.buffer("{}"));

    assertThat(client.awaitClosed()).isEqualTo(1003);
  }

  @Test
  void frame_overTheLimitIsRefused() throws Exception {
    AlertClient large = clients.connect(node, admin, "");
    AlertClient pieces = clients.connect(node, admin, "");
    AlertClient good = clients.connect(node, admin, "");

    large.webSocket().writeFrame(WebSocketFrame.textFrame("x".repeat(70_000), true));
    pieces.webSocket().writeFrame(WebSocketFrame.textFrame("x".repeat(40_000), false));
    pieces
        .webSocket()
        .writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("x".repeat(40_000)), false));

    assertThat(large.awaitClosed()).isEqualTo(1009);
    assertThat(pieces.awaitClosed()).isEqualTo(1009);
    log.write("one");
    node.nudge();
    good.awaitNames("one");
  }

  /** An unmasked frame, a reserved operation, a continuation of nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"8102 6869", "8b80 00000000", "8080 00000000"})
  void frame_againstTheProtocolClosesItsConnectionOnly(String hex) throws Exception {
    AlertClient good = clients.connect(node, admin, "");
    try (Socket raw = handshake("")) {
      raw.getOutputStream().write(bytes(hex));
      assertThat(closeCode(raw.getInputStream())).isEqualTo(1002);
    }
    log.write("one");
    node.nudge();
    good.awaitNames("one");
    Await.until("gone", () -> node.hub().connections() == 1);
  }

  @Test
  void reader_thatVanishesIsForgotten() throws Exception {
    Socket raw = handshake("");
    Await.until("there", () -> node.hub().connections() == 1);

    raw.close();

    Await.until("gone", () -> node.hub().connections() == 0);
  }

  @Test
  void stalledReader_thatNeverReadsIsDisconnected() throws Exception {
    restart(
        new AlertHub.Options(
            OPTIONS.poll(),
            OPTIONS.ping(),
            OPTIONS.stall(),
            Duration.ofMillis(300),
            OPTIONS.recheck(),
            OPTIONS.goodbye()));
    try (Socket stalled = handshake("")) {
      AtomicInteger written = new AtomicInteger();
      Await.until(
          "the reader is cut",
          () -> {
            writeBulk(written.getAndAdd(100), 100);
            node.nudge();
            return node.hub().readersCut() > 0;
          });
      Await.until("disconnected", () -> node.hub().connections() == 0);
      assertThat(stalled.isConnected()).isTrue();
    }
  }

  @Test
  void reader_thatDoesNotAnswerPingsIsDisconnected() throws Exception {
    restart(
        new AlertHub.Options(
            OPTIONS.poll(),
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            Duration.ofMillis(200),
            OPTIONS.recheck(),
            OPTIONS.goodbye()));
    AlertClient answering = clients.connect(node, admin, "");
    try (Socket deaf = handshake("")) {
      InputStream in = deaf.getInputStream();
      assertThat(in.read()).as("a ping").isEqualTo(0x89);
      Await.until("only one is left", () -> node.hub().connections() == 1);
      assertThat(in.readAllBytes()).as("more pings, then the end").isNotEmpty();
    }
    assertThat(answering.isClosed()).isFalse();
  }

  // Credentials and the node itself

  @Test
  void revokedCredential_closesItsConnections() {
    String key = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ));
    AlertClient client = clients.connect(node, key, "");
    AlertClient other = clients.connect(node, admin, "");

    keys.revoke(key);
    node.credentialsChanged();

    assertThat(client.awaitClosed()).isEqualTo(1008);
    assertThat(other.isClosed()).isFalse();
  }

  @Test
  void changedRights_closeTheConnectionsThatHadOthers() {
    String key = keys.add(AlertNode.principal(2, 1, Role.ORG_ADMIN, Scope.AUDIT_READ));
    AlertClient client = clients.connect(node, key, "");

    keys.change(key, AlertNode.principal(2, 1, Role.USER, Scope.AUDIT_READ));
    node.credentialsChanged();

    assertThat(client.awaitClosed()).isEqualTo(1008);
  }

  @Test
  void stop_saysGoodbye() {
    AlertClient client = clients.connect(node, admin, "");

    node.stopHub();

    assertThat(client.awaitClosed()).isEqualTo(1001);
    assertThat(clients.refused(node, admin, "").getStatus()).isEqualTo(503);
  }

  @Test
  void restart_keepsCursorsGood() throws Exception {
    AlertClient client = clients.connect(node, admin, "");
    log.write("a", "b");
    node.nudge();
    client.awaitNames("a", "b");
    String first = client.received().get(0).getString("id");

    restart(OPTIONS);
    log.write("c");

    clients.connect(node, admin, "?after=" + first).awaitNames("b", "c");
  }

  private void restart(AlertHub.Options options) {
    var endpoint = node.endpoint();
    node.close();
    node = new AlertNode(TestStore.open(endpoint), keys, options);
  }

  // Without a client library

  private Socket handshake(String query) throws IOException {
    Socket socket = new Socket("127.0.0.1", node.port());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            ("GET /api/v1/alerts"
                    + query
                    + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    + "X-API-Key: "
                    + admin
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    assertThat(head.toString()).startsWith("HTTP/1.1 101");
    return socket;
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static int closeCode(InputStream in) throws IOException {
    assertThat(in.read()).as("a close frame").isEqualTo(0x88);
    assertThat(in.read()).isGreaterThanOrEqualTo(2);
    return in.read() << 8 | in.read();
  }
}
