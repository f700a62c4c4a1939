package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.store.EventCursor;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What may come over a WebSocket, byte by byte; whatever it is, a witness is told on. */
class HostileClientTest {
  private static final AlertHub.Options OPTIONS =
      new AlertHub.Options(
          Duration.ofMillis(200),
          Duration.ofSeconds(15),
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(30),
          Duration.ofSeconds(2));

  private static final int TEXT = 1;
  private static final int CONTINUATION = 0;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int FINAL = 0x80;
  private static final int NO_FRAME = -1;
  private static final String ACK = "{\"ack\":\"" + EventCursor.START.text() + "\"}";

  private static final AlertNode.Keys keys = new AlertNode.Keys();
  private static final String admin =
      keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ));
  private static AlertClient.Factory clients;
  private static AlertNode node;
  private static DirectSql sql;
  private static TestLog log;
  private static AlertClient witness;
  private static final List<String> told = new ArrayList<>();

  @BeforeAll
  static void open() throws Exception {
    clients = new AlertClient.Factory();
    node = new AlertNode(TestStore.open(), keys, OPTIONS);
    sql = DirectSql.open(node.endpoint());
    log = new TestLog(sql);
    new TestPeople(sql).realm(1, "root").user(1, 1, "user1");
    witness = clients.connect(node, admin, "");
  }

  @AfterAll
  static void close() throws Exception {
    clients.close();
    sql.close();
    node.close();
  }

  @AfterEach
  void witness_isToldOn() throws Exception {
    tell();
    assertThat(witness.isClosed()).isFalse();
    Await.until("only the witness is left", () -> node.hub().connections() == 1);
  }

  private static void tell() throws Exception {
    told.add("e" + told.size());
    log.write(told.get(told.size() - 1));
    node.nudge();
    witness.awaitNames(told.toArray(String[]::new));
  }

  // What is refused

  private enum Bad {
    GARBAGE(1002, join(new byte[] {(byte) 0xff, (byte) 0xff}, random(5_000))),
    HTTP_AGAIN(1002, ascii("GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
    RESERVED_BIT(1002, frame(FINAL | 0x40 | TEXT, ascii(ACK))),
    RESERVED_OPERATION(1002, frame(FINAL | 3, ascii(ACK))),
    RESERVED_CONTROL(1002, frame(FINAL | 11, new byte[0])),
    UNMASKED(1002, join(new byte[] {(byte) (FINAL | TEXT), 2}, ascii("{}"))),
    CONTINUATION_OF_NOTHING(1002, frame(FINAL | CONTINUATION, ascii("x"))),
    TEXT_WITHIN_A_MESSAGE(
        1002, join(frame(TEXT, ascii("{\"ack\":")), frame(FINAL | TEXT, ascii("\"x\"}")))),
    PING_IN_PIECES(1002, frame(PING, ascii("x"))),
    PING_TOO_LONG(1002, frame(FINAL | PING, new byte[126])),
    CLOSE_OF_ONE_BYTE(1002, frame(FINAL | CLOSE, new byte[1])),
    CLOSE_WITH_A_CODE_THAT_IS_NONE(1002, frame(FINAL | CLOSE, new byte[] {0, 5})),
    LENGTH_OF_EXABYTES(1009, length(Long.MAX_VALUE)),
    LENGTH_OF_TWO_GIGABYTES(1009, length(1L << 31)),
    LENGTH_BELOW_ZERO(1002, length(-1)),
    BINARY(1003, frame(FINAL | 2, ascii(ACK))),
    BINARY_IN_PIECES(1003, join(frame(2, ascii("x")), frame(FINAL, ascii("x")))),
    NOT_UTF8(1007, frame(FINAL | TEXT, new byte[] {(byte) 0xc0, (byte) 0x80})),
    HALF_A_SURROGATE(1007, frame(FINAL | TEXT, bytes(0xed, 0xa0, 0x80))),
    CUT_OFF_UTF8(1007, frame(FINAL | TEXT, bytes('{', '"', 0xe2, 0x82))),
    NUL(1007, frame(FINAL | TEXT, new byte[1])),
    EMPTY(1007, frame(FINAL | TEXT, new byte[0])),
    JSON_OF_ANOTHER_KIND(1003, frame(FINAL | TEXT, ascii("{\"type\":\"publish\"}"))),
    JSON_TOO_DEEP(1007, frame(FINAL | TEXT, ascii("{\"a\":".repeat(10_000)))),
    NUMBER_TOO_LONG(1007, frame(FINAL | TEXT, ascii("{\"ack\":" + "9".repeat(50_000) + "}"))),
    CURSOR_OF_ANOTHER_FORM(1007, frame(FINAL | TEXT, ascii("{\"ack\":\"../../etc\"}"))),
    CURSOR_BELOW_ZERO(
        1007,
        frame(FINAL | TEXT, ascii("{\"ack\":\"" + new EventCursor(-1, -1, 0).text() + "\"}"))),
    WITHOUT_END(1009, manyFragments(70_000));

    private final int code;
    private final byte[] bytes;

    Bad(int code, byte[] bytes) {
      this.code = code;
      this.bytes = bytes;
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytes_thatAreNotUnderstoodCloseTheirConnectionOnly(Bad bad) throws Exception {
    try (Socket raw = handshake()) {
      try {
        raw.getOutputStream().write(bad.bytes);
      } catch (SocketException closedAlready) {
        // Then it has read enough to know.
        assertThat(bad.bytes.length).isGreaterThan(60_000);
      }
      if (bad == Bad.TEXT_WITHIN_A_MESSAGE) {
        // Vert.x drops what it has not flushed when a frame is good and the next one in the same
        // segment is not; the close frame then is among it.
        assertThat(closeCode(raw)).isIn(bad.code, NO_FRAME);
      } else {
        assertThat(closeCode(raw)).isEqualTo(bad.code);
      }
    }
  }

  // What is put up with

  @Test
  void acknowledgements_byTheThousandChangeNothing() throws Exception {
    try (Socket raw = handshake()) {
      byte[] one = frame(FINAL | TEXT, ascii(ACK));
      ByteBuffer all = ByteBuffer.allocate(20_000 * one.length);
      while (all.hasRemaining()) {
        all.put(one);
      }
      raw.getOutputStream().write(all.array());
      assertThat(isToldOn(raw)).isTrue();
    }
  }

  @Test
  void message_inFragmentsOfNothingIsWaitedFor() throws Exception {
    try (Socket raw = handshake()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write(frame(TEXT, ascii("{\"ack\":\"")));
      for (int i = 0; i < 10_000; i++) {
        all.write(frame(CONTINUATION, new byte[0]));
      }
      all.write(frame(CONTINUATION, ascii(EventCursor.START.text())));
      all.write(frame(FINAL | CONTINUATION, ascii("\"}")));
      raw.getOutputStream().write(all.toByteArray());
      assertThat(isToldOn(raw)).isTrue();
    }
  }

  @Test
  void frame_inBytesIsWaitedFor() throws Exception {
    try (Socket raw = handshake()) {
      raw.setTcpNoDelay(true);
      for (byte one : frame(FINAL | TEXT, ascii(ACK))) {
        raw.getOutputStream().write(one);
        raw.getOutputStream().flush();
      }
      assertThat(isToldOn(raw)).isTrue();
    }
  }

  @Test
  void frame_thatBreaksOffIsForgotten() throws Exception {
    try (Socket raw = handshake()) {
      byte[] half = frame(FINAL | TEXT, ascii(ACK));
      raw.getOutputStream().write(half, 0, half.length / 2);
    }
  }

  @Test
  void clients_thatComeAndGoByTheHundredAreForgotten() throws Exception {
    for (int i = 0; i < 200; i++) {
      try (Socket raw = handshake()) {
        raw.setSoLinger(true, 0);
      }
    }
  }

  /** Answers to pings are under way to whoever asked; nobody may have them pile up. */
  @Test
  void pings_whoseAnswersAreNotReadAreNotAnsweredWithoutBound() throws Exception {
    try (Socket raw = handshake()) {
      byte[] pings = new byte[0];
      for (int i = 0; i < 500; i++) {
        pings = join(pings, frame(FINAL | PING, new byte[125]));
      }
      byte[] flood = pings;
      AtomicLong sent = new AtomicLong();
      CompletableFuture<Void> flooding =
          CompletableFuture.runAsync(
              () -> {
                try {
                  while (sent.addAndGet(flood.length) < 1L << 30) {
                    raw.getOutputStream().write(flood);
                  }
                } catch (IOException cut) {
                  // As it should be.
                }
              });
      tell();
      flooding.get(20, TimeUnit.SECONDS);
      // What the kernel's buffers hold on both sides.
      assertThat(sent.get()).isLessThan(64L << 20);
      assertThat(node.hub().readersCut()).isEqualTo(1);
    }
  }

  // Without a client library

  private static Socket handshake() throws IOException {
    Socket socket = new Socket("127.0.0.1", node.port());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write(
            ascii(
                "GET /api/v1/alerts HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\nX-API-Key: "
                    + admin
                    + "\r\n\r\n"));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    assertThat(head.toString()).startsWith("HTTP/1.1 101");
    return socket;
  }

  /** Whether a connection still is told events. */
  private static boolean isToldOn(Socket socket) throws Exception {
    tell();
    InputStream in = socket.getInputStream();
    int first = in.read();
    int length = in.read();
    assertThat(length).isEqualTo(126);
    byte[] text = in.readNBytes(in.read() << 8 | in.read());
    return first == (FINAL | TEXT)
        && new String(text, StandardCharsets.UTF_8)
            .contains("\"" + told.get(told.size() - 1) + "\"");
  }

  /** {@link #NO_FRAME} when the connection ends without saying why. */
  private static int closeCode(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    int head = in.read();
    if (head < 0) {
      return NO_FRAME;
    }
    assertThat(head).as("a close frame").isEqualTo(FINAL | CLOSE);
    assertThat(in.read()).isGreaterThanOrEqualTo(2);
    return in.read() << 8 | in.read();
  }

  private static byte[] frame(int head, byte[] payload) {
    byte[] mask = {1, 2, 3, 4};
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) head);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i % 4]));
    }
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    return bytes;
  }

  /** The beginning of a text frame that says that it is so long. */
  private static byte[] length(long length) {
    return ByteBuffer.allocate(14)
        .put((byte) (FINAL | TEXT))
        .put((byte) 0xff)
        .putLong(length)
        .putInt(0)
        .array();
  }

  private static byte[] manyFragments(int count) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(frame(TEXT, ascii("{")));
    for (int i = 0; i < count; i++) {
      all.writeBytes(frame(CONTINUATION, ascii(" ")));
    }
    return all.toByteArray();
  }

  private static byte[] join(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
