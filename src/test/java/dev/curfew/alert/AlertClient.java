package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** Someone who follows events over the WebSocket. */
final class AlertClient {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final List<JsonObject> received = new CopyOnWriteArrayList<>();
  private final AtomicReference<Short> closed = new AtomicReference<>();
  private final WebSocket webSocket;
  private volatile String reason;

  private AlertClient(WebSocket webSocket) {
    this.webSocket = webSocket;
    webSocket.textMessageHandler(text -> received.add(new JsonObject(text)));
    webSocket.closeHandler(
        none -> {
          reason = webSocket.closeReason();
          closed.set(webSocket.closeStatusCode());
        });
    webSocket.resume();
  }

  /** Clients of one test. */
  static final class Factory implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final WebSocketClient client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxConnections(1_000)
                .setMaxFrameSize(4 * 1024 * 1024)
                .setMaxMessageSize(4 * 1024 * 1024));

    AlertClient connect(AlertNode node, String key, String query) {
      return new AlertClient(
          Await.result(
              client
                  .connect(options(node, key, query))
                  // Frames may follow the handshake at once.
                  .onSuccess(WebSocket::pause)));
    }

    /** A handshake that the node must not accept. */
    UpgradeRejectedException refused(AlertNode node, String key, String query) {
      return (UpgradeRejectedException) Await.failure(client.connect(options(node, key, query)));
    }

    private static WebSocketConnectOptions options(AlertNode node, String key, String query) {
      WebSocketConnectOptions options =
          new WebSocketConnectOptions()
              .setHost("127.0.0.1")
              .setPort(node.port())
              .setURI("/api/v1/alerts" + query);
      if (key != null) {
        options.addHeader("X-API-Key", key);
      }
      return options;
    }

    /** The same path without a handshake; the status. */
    int get(AlertNode node, String key, String query) {
      var http = vertx.createHttpClient();
      return Await.result(
          http.request(
                  new RequestOptions()
                      .setMethod(HttpMethod.GET)
                      .setHost("127.0.0.1")
                      .setPort(node.port())
                      .setURI("/api/v1/alerts" + query)
                      .addHeader("X-API-Key", key))
              .compose(request -> request.send())
              .map(response -> response.statusCode()));
    }

    @Override
    public void close() {
      Await.result(vertx.close());
    }
  }

  WebSocket webSocket() {
    return webSocket;
  }

  List<JsonObject> received() {
    return received;
  }

  /** The names that {@link dev.curfew.testing.TestLog} gave to what was received. */
  List<String> names() {
    return received.stream().map(event -> event.getJsonObject("data").getString("name")).toList();
  }

  String lastId() {
    return received.get(received.size() - 1).getString("id");
  }

  void awaitNames(String... names) {
    Await.until(() -> "received " + names(), LIMIT, () -> names().size() >= names.length);
    assertThat(names()).containsExactly(names);
  }

  void send(String text) {
    Await.result(webSocket.writeTextMessage(text));
  }

  void sendBinary(Buffer content) {
    Await.result(webSocket.writeBinaryMessage(content));
  }

  /** Waits for the end of the connection. */
  int awaitClosed() {
    Await.until("closed", () -> closed.get() != null);
    return closed.get();
  }

  boolean isClosed() {
    return closed.get() != null;
  }

  String reason() {
    return reason;
  }

  void close() {
    Await.result(webSocket.close());
  }
}
