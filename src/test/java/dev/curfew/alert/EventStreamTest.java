package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.store.EventCursor;
import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is peculiar to server-sent events. */
class EventStreamTest extends AlertNodeTest {
  private static final String STARTED = "dev.curfew.session.started";

  private static final AlertHub.Options OPTIONS =
      new AlertHub.Options(
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2));

  private final AlertClient.Factory clients = new AlertClient.Factory();
  @TempDir private Path directory;

  EventStreamTest() {
    super(OPTIONS);
  }

  @AfterEach
  void leave() {
    clients.close();
  }

  // The request

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ?after=17                             | after
          ?after=AAAAAAAAAAAAAAAAAAAAAAAAAAAA   | after
          ?types=dev.curfew.session.begun       | types
          ?session=17                           | session
          ?user=nobody                          | user
          ?user=%00                             | user
          """)
  void request_withABadParameterIsRefusedNamingIt(String query, String field) {
    refused(400, field, query, Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "nonsense", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u00fc", "%00"})
  void lastEventId_thatIsNoCursorIsRefusedByName(String id) {
    refused(400, "Last-Event-ID", "", Map.of("Last-Event-ID", id));
  }

  @Test
  void cursor_ofAnotherDatabaseIsRefusedByTheNameItCameUnder() {
    String foreign = new EventCursor(1L << 40, 1, 0).text();
    String good = EventCursor.START.text();

    refused(400, "after", "?after=" + foreign, Map.of());
    refused(400, "Last-Event-ID", "", Map.of("Last-Event-ID", foreign));
    refused(400, "Last-Event-ID", "?after=" + good, Map.of("Last-Event-ID", foreign));
    refused(400, "after", "?after=17", Map.of("Last-Event-ID", good));
  }

  private void refused(int status, String field, String query, Map<String, String> headers) {
    AlertClient.Refusal refusal = clients.refusedStream(node, admin, query, headers);
    assertThat(refusal.status()).isEqualTo(status);
    assertThat(refusal.body().getString("message")).startsWith(field);
    assertThat(refusal.body().getJsonObject("validationErrors").fieldNames())
        .containsExactly(field);
    assertThat(node.hub().connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "text/html, text/plain;q=0.5",
        "text/event-stream;q=0",
        "*/*, text/event-stream;q=0",
        "text/*;q=0, */*"
      })
  void accept_thatExcludesTheMediaTypeIsRefused(String accept) {
    refused(406, "Accept", "", Map.of("Accept", accept));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "TEXT/Event-Stream",
        "*/*",
        "text/*;q=0.1",
        "application/json, text/event-stream;q=0.1",
        "text/*;q=0, text/event-stream",
        ""
      })
  void accept_thatAllowsItIsServed(String accept) throws Exception {
    StreamClient client = clients.stream(node, admin, "", Map.of("Accept", accept));
    log.write("one");
    node.nudge();
    client.awaitNames("one");
  }

  @Test
  void request_needsACredentialThenARight() {
    String unscoped = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.PSM_READ));
    String user = keys.add(AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ));
    Map<String, String> bad = Map.of("Last-Event-ID", "17", "Accept", "application/json");

    assertThat(clients.refusedStream(node, null, "?after=17", bad).status()).isEqualTo(401);
    assertThat(clients.refusedStream(node, "unknown", "?after=17", bad).status()).isEqualTo(401);
    assertThat(clients.refusedStream(node, unscoped, "?after=17", bad).status()).isEqualTo(403);
    assertThat(clients.refusedStream(node, user, "?user=user1", Map.of()).status()).isEqualTo(403);
  }

  // What is told

  @Test
  void stream_isAsTheStandardHasIt() throws Exception {
    StreamClient client = clients.stream(node, admin, "");
    AlertClient webSocket = clients.connect(node, admin, "");
    UUID session = UUID.randomUUID();
    log.write(STARTED, 1, session, 1L, "line\r\nbreaks: \u2028 \u00fc \"quoted\"");
    log.write("two");
    node.nudge();
    Await.until("both", () -> client.messages().size() == 2);
    Await.until("both", () -> webSocket.received().size() == 2);

    assertThat(client.response().getHeader("Content-Type")).isEqualTo("text/event-stream");
    assertThat(client.response().getHeader("Cache-Control")).isEqualTo("no-store");
    assertThat(client.response().getHeader("X-Accel-Buffering")).isEqualTo("no");
    assertThat(client.response().getHeader("Connection")).isEqualTo("close");
    assertThat(client.retry()).isEqualTo("3000");
    StreamClient.Message first = client.messages().get(0);
    JsonObject event = new JsonObject(first.data());
    assertThat(first.type()).isEqualTo(STARTED).isEqualTo(event.getString("type"));
    assertThat(first.id()).isEqualTo(event.getString("id"));
    assertThat(event.getString("subject")).isEqualTo("session/" + session);
    assertThat(client.received()).isEqualTo(webSocket.received());
  }

  @Test
  void lastEventId_resumesAndWinsOverAfter() throws Exception {
    log.write("a", "b", "c");
    StreamClient first = clients.stream(node, admin, "?after=" + EventCursor.START.text());
    first.awaitNames("a", "b", "c");
    List<StreamClient.Message> seen = first.messages();

    StreamClient resumed =
        clients.stream(
            node,
            admin,
            "?after=" + EventCursor.START.text(),
            Map.of("Last-Event-ID", seen.get(1).id()));
    StreamClient backwards =
        clients.stream(
            node, admin, "?after=" + seen.get(2).id(), Map.of("Last-Event-ID", seen.get(0).id()));
    StreamClient empty =
        clients.stream(node, admin, "?after=" + seen.get(1).id(), Map.of("Last-Event-ID", ""));
    log.write("d");
    node.nudge();

    resumed.awaitNames("c", "d");
    backwards.awaitNames("b", "c", "d");
    empty.awaitNames("c", "d");
  }

  @Test
  void readerThatWasToldNothing_resumesFromWhereItBegan() throws Exception {
    log.write("before");
    AlertClient witness = clients.connect(node, admin, "?after=" + EventCursor.START.text());
    witness.awaitNames("before");
    StreamClient client = clients.stream(node, admin, "");
    Await.until("the place", () -> !client.lastEventId().isEmpty());
    client.response().request().reset();
    Await.until("gone", () -> node.hub().connections() == 1);
    log.write("between");
    node.nudge();
    witness.awaitNames("before", "between");

    StreamClient resumed =
        clients.stream(node, admin, "", Map.of("Last-Event-ID", client.lastEventId()));

    resumed.awaitNames("between");
  }

  @Test
  void ping_saysWhereAReaderIsToldNothing() throws Exception {
    StreamClient client = clients.stream(node, admin, "?session=" + UUID.randomUUID());
    AlertClient witness = clients.connect(node, admin, "");
    Await.until("the place", () -> !client.lastEventId().isEmpty());
    String begun = client.lastEventId();
    log.write("another's");
    node.nudge();
    witness.awaitNames("another's");

    Await.until("a place further on", () -> client.lastEventId().equals(witness.lastId()));

    assertThat(client.lastEventId()).isNotEqualTo(begun);
    assertThat(client.comments()).isNotEmpty().containsOnly("ping");
    assertThat(client.messages()).isEmpty();
  }

  // How it ends

  @Test
  void end_isAProperOne() throws Exception {
    int secure = node.listenSecurely(directory);
    StreamClient http1 = clients.stream(node, admin, "");
    StreamClient http2 = clients.streamOfHttp2(secure, admin, "");

    node.stopHub();

    for (StreamClient client : List.of(http1, http2)) {
      client.awaitEnd();
      assertThat(client.endedProperly()).isTrue();
    }
    assertThat(node.hub().connections()).isZero();
    assertThat(clients.refusedStream(node, admin, "", Map.of()).status()).isEqualTo(503);
  }

  @Test
  void http2_tellsTheSame() throws Exception {
    int secure = node.listenSecurely(directory);
    log.write("a", "b");
    StreamClient client =
        clients.streamOfHttp2(secure, admin, "?after=" + EventCursor.START.text());
    StreamClient other = clients.streamOfHttp2(secure, admin, "");
    log.write("c");
    node.nudge();

    client.awaitNames("a", "b", "c");
    Await.until("live", () -> other.names().contains("c"));
    client.response().request().reset();

    Await.until("gone", () -> node.hub().connections() == 1);
  }

  @Test
  void http2_stalledReaderIsCut() throws Exception {
    int secure = node.listenSecurely(directory);
    StreamClient stalled = clients.streamOfHttp2(secure, admin, "");
    // On a connection of its own: streams of one connection share its window.
    StreamClient other = clients.stream(node, admin, "");
    stalled.pause();
    AtomicInteger written = new AtomicInteger();
    Await.until(
        "the reader is cut",
        () -> {
          writeBulk(written.getAndAdd(10), 10);
          node.nudge();
          return node.hub().readersCut() > 0;
        });
    stalled.resume();

    stalled.awaitEnd();
    Await.until("the other is told", () -> other.names().size() == written.get());
    assertThat(other.isClosed()).isFalse();
    Await.until("gone", () -> node.hub().connections() == 1);
  }

  @Test
  void http10_isToldWithoutChunks() throws Exception {
    log.write("one");
    try (Socket raw = send("GET /api/v1/events/stream?after=" + EventCursor.START.text(), "1.0")) {
      String read = readUntil(raw, "\"one\"");
      assertThat(read).contains(" 200 ").doesNotContainIgnoringCase("chunked");
      assertThat(read).contains("\n\nid: ").contains("\nevent: " + STARTED + "\ndata: {");
    }
    Await.until("gone", () -> node.hub().connections() == 0);
  }

  @Test
  void reader_thatNeverReadsIsDisconnected() throws Exception {
    try (Socket deaf = send("GET /api/v1/events/stream", "1.1")) {
      readUntil(deaf, "retry:");
      AtomicInteger written = new AtomicInteger();
      Await.until(
          "the reader is cut",
          () -> {
            writeBulk(written.getAndAdd(100), 100);
            node.nudge();
            return node.hub().readersCut() > 0;
          });
      Await.until("disconnected", () -> node.hub().connections() == 0);
      assertThat(deaf.isConnected()).isTrue();
    }
  }

  @Test
  void reader_thatVanishesIsForgotten() throws Exception {
    Socket raw = send("GET /api/v1/events/stream", "1.1");
    readUntil(raw, "retry:");
    Await.until("looked after", () -> node.hub().connections() == 1);

    raw.close();

    Await.until("gone", () -> node.hub().connections() == 0);
  }

  @Test
  void reader_thatSendsMoreRequestsIsToldOn() throws Exception {
    try (Socket raw = send("GET /api/v1/events/stream", "1.1")) {
      readUntil(raw, "retry:");
      raw.getOutputStream()
          .write(
              "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100).getBytes(StandardCharsets.US_ASCII));
      log.write("one");
      node.nudge();
      assertThat(readUntil(raw, "\"one\"")).doesNotContain("HTTP/1.1");
    }
    Await.until("gone", () -> node.hub().connections() == 0);
  }

  private Socket send(String line, String version) throws IOException {
    Socket socket = new Socket("127.0.0.1", node.port());
    socket.setSoTimeout(20_000);
    String head = line + " HTTP/" + version + "\r\nHost: x\r\nX-API-Key: " + admin + "\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String readUntil(Socket socket, String text) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(text) < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed after: " + read);
      }
      read.append((char) next);
    }
    return read.toString();
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
}
