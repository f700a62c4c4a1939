package dev.curfew.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client of the event-bus bridge that says whatever a test wants it to say. */
public final class BridgeClient implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int LARGE = 4 * 1024 * 1024;

  /** By what it is connected. */
  public enum Kind {
    /** SockJS without its frames: {@code /eventbus/websocket}. */
    WEBSOCKET,
    /** SockJS over a WebSocket. */
    SOCKJS,
    TCP
  }

  /**
   * Where a node listens.
   *
   * @param http port of its HTTP listener
   * @param tcp port of its TCP bridge
   */
  public record Ports(int http, int tcp) {}

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

  // Kept here, since a client that nothing refers to is closed.
  private final NetClient tcp = vertx.createNetClient();
  private final WebSocketClient webSockets =
      vertx.createWebSocketClient(
          new WebSocketClientOptions().setMaxFrameSize(LARGE).setMaxMessageSize(LARGE));

  private final Kind kind;
  private final List<JsonObject> received = new CopyOnWriteArrayList<>();
  private final AtomicReference<String> closed = new AtomicReference<>();
  private @Nullable WebSocket webSocket;
  private @Nullable NetSocket socket;

  private BridgeClient(Kind kind) {
    this.kind = kind;
  }

  public static BridgeClient connect(Kind kind, Ports ports) {
    return connect(kind, ports, Map.of());
  }

  /**
   * @param headers of the handshake, where there is one
   */
  public static BridgeClient connect(Kind kind, Ports ports, Map<String, String> headers) {
    BridgeClient client = new BridgeClient(kind);
    if (kind == Kind.TCP) {
      client.openTcp(ports.tcp());
    } else {
      client.openWebSocket(ports.http(), headers);
    }
    return client;
  }

  private void openTcp(int port) {
    NetSocket opened = Await.result(tcp.connect(port, "127.0.0.1").onSuccess(NetSocket::pause));
    socket = opened;
    opened.handler(frames());
    opened.closeHandler(none -> closed.compareAndSet(null, "closed"));
    opened.resume();
  }

  private RecordParser frames() {
    RecordParser parser = RecordParser.newFixed(Integer.BYTES);
    boolean[] body = {false};
    return parser.handler(
        record -> {
          if (body[0]) {
            received.add(new JsonObject(record));
          }
          parser.fixedSizeMode(body[0] ? Integer.BYTES : record.getInt(0));
          body[0] = !body[0];
        });
  }

  private void openWebSocket(int port, Map<String, String> headers) {
    String path =
        kind == Kind.SOCKJS
            ? "/eventbus/000/" + UUID.randomUUID().toString().substring(0, 8) + "/websocket"
            : "/eventbus/websocket";
    WebSocketConnectOptions options =
        new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI(path);
    headers.forEach(options::addHeader);
    WebSocket opened = Await.result(webSockets.connect(options).onSuccess(WebSocket::pause));
    webSocket = opened;
    opened.textMessageHandler(this::told);
    opened.closeHandler(
        none -> closed.compareAndSet(null, opened.closeStatusCode() + " " + opened.closeReason()));
    opened.resume();
  }

  private void told(String text) {
    if (kind == Kind.WEBSOCKET) {
      received.add(new JsonObject(text));
    } else if (text.startsWith("a")) {
      new JsonArray(text.substring(1))
          .forEach(frame -> received.add(new JsonObject((String) frame)));
    } else if (text.startsWith("c")) {
      closed.compareAndSet(null, text);
    }
  }

  /** Sends what need not be a frame at all. */
  public Future<Void> say(String text) {
    WebSocket to = webSocket;
    if (to != null) {
      return to.writeTextMessage(kind == Kind.SOCKJS ? new JsonArray().add(text).encode() : text);
    }
    Buffer bytes = Buffer.buffer(text);
    return raw(Buffer.buffer().appendInt(bytes.length()).appendBuffer(bytes));
  }

  /** Sends bytes over TCP as they are. */
  public Future<Void> raw(Buffer bytes) {
    NetSocket to = socket;
    if (to == null) {
      throw new IllegalStateException("only on TCP");
    }
    return to.write(bytes);
  }

  public void say(JsonObject frame) {
    Await.result(say(frame.encode()));
  }

  /** Registers with an API key. */
  public void register(String address, String key) {
    register(address, Map.of("X-API-Key", key));
  }

  public void register(String address, Map<String, String> headers) {
    say(frame("register", address).put("headers", new JsonObject(Map.copyOf(headers))));
  }

  public void unregister(String address) {
    say(frame("unregister", address));
  }

  /** Returns once the node has dealt with everything that was said so far. */
  public void awaitObeyed() {
    String mark = UUID.randomUUID().toString();
    say(frame("send", "mark").put("replyAddress", mark));
    await("an answer", received -> mark.equals(received.getString("address")));
    received.removeIf(answer -> mark.equals(answer.getString("address")));
  }

  public static JsonObject frame(String type, String address) {
    return new JsonObject().put("type", type).put("address", address);
  }

  /** Everything that was received, acknowledgements of {@link #awaitObeyed} excepted. */
  public List<JsonObject> received() {
    return received;
  }

  /** Messages of an address. */
  public List<JsonObject> messages(String address) {
    String type = kind == Kind.TCP ? "message" : "rec";
    return received.stream()
        .filter(frame -> type.equals(frame.getString("type")))
        .filter(frame -> address.equals(frame.getString("address")))
        .toList();
  }

  /** The names that {@link TestLog} gave to the events of an address. */
  public List<String> names(String address) {
    return messages(address).stream()
        .map(message -> message.getJsonObject("body").getJsonObject("data").getString("name"))
        .toList();
  }

  public void awaitNames(String address, String... names) {
    Await.until(() -> "received " + received, LIMIT, () -> names(address).size() >= names.length);
    assertThat(names(address)).containsExactly(names);
  }

  /** The first frame that is as it should be. */
  public JsonObject await(String what, Predicate<JsonObject> wanted) {
    Await.until(
        () -> what + "; received " + received + ", closed " + closed,
        LIMIT,
        () -> received.stream().anyMatch(wanted));
    return received.stream().filter(wanted).findFirst().orElseThrow();
  }

  public JsonObject awaitError() {
    return await("an err frame", frame -> "err".equals(frame.getString("type")));
  }

  public boolean isClosed() {
    return closed.get() != null;
  }

  /** Waits for the end: of a WebSocket its code and reason. */
  public String awaitClosed() {
    Await.until("closed", this::isClosed);
    return closed.get();
  }

  /** Takes nothing any more. */
  public void stall() {
    if (webSocket != null) {
      webSocket.pause();
    }
    if (socket != null) {
      socket.pause();
    }
  }

  public void readOn() {
    if (webSocket != null) {
      webSocket.resume();
    }
    if (socket != null) {
      socket.resume();
    }
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
