package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Someone who follows events over the WebSocket. */
final class AlertClient extends AlertReader {
  private final AtomicReference<Short> closed = new AtomicReference<>();
  private final WebSocket webSocket;
  private volatile String reason;

  private AlertClient(WebSocket webSocket) {
    this.webSocket = webSocket;
    webSocket.textMessageHandler(text -> received(new JsonObject(text)));
    webSocket.closeHandler(
        none -> {
          reason = webSocket.closeReason();
          closed.set(webSocket.closeStatusCode());
        });
    webSocket.resume();
  }

  /** What a node answered that did not open a stream. */
  record Refusal(int status, JsonObject body) {}

  /** Clients of one test. */
  static final class Factory implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final WebSocketClient client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxConnections(1_000)
                .setMaxFrameSize(4 * 1024 * 1024)
                .setMaxMessageSize(4 * 1024 * 1024));

    private final HttpClient http =
        vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(1_000));
    private final HttpClient http2 =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setSsl(true)
                .setUseAlpn(true)
                .setVerifyHost(false)
                .setTrustAll(true));

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

    /** Follows {@code /api/v1/events/stream}. */
    StreamClient stream(AlertNode node, String key, String query) {
      return stream(node, key, query, Map.of());
    }

    StreamClient stream(AlertNode node, String key, String query, Map<String, String> headers) {
      HttpClientResponse response = ask(http, node.port(), key, query, headers);
      assertThat(response.statusCode()).isEqualTo(200);
      StreamClient client = new StreamClient(response);
      response.resume();
      return client;
    }

    /** Follows it over HTTP/2, which is spoken with TLS only. */
    StreamClient streamOfHttp2(int port, String key, String query) {
      HttpClientResponse response = ask(http2, port, key, query, Map.of());
      assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
      assertThat(response.statusCode()).isEqualTo(200);
      StreamClient client = new StreamClient(response);
      response.resume();
      return client;
    }

    /** Asks for a stream that the node must refuse. */
    Refusal refusedStream(AlertNode node, String key, String query, Map<String, String> headers) {
      HttpClientResponse response = ask(http, node.port(), key, query, headers);
      var body = response.body();
      response.resume();
      return new Refusal(response.statusCode(), Await.result(body).toJsonObject());
    }

    /** The answer, of which nothing has been read. */
    private static HttpClientResponse ask(
        HttpClient http, int port, String key, String query, Map<String, String> headers) {
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setHost("127.0.0.1")
              .setPort(port)
              .setURI("/api/v1/events/stream" + query);
      if (key != null) {
        options.addHeader("X-API-Key", key);
      }
      headers.forEach(options::putHeader);
      return Await.result(
          http.request(options)
              .compose(
                  request -> {
                    Future<HttpClientResponse> response =
                        request.response().onSuccess(HttpClientResponse::pause);
                    request.end();
                    return response;
                  }));
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

  @Override
  void pause() {
    webSocket.pause();
  }

  @Override
  void resume() {
    webSocket.resume();
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

  @Override
  boolean isClosed() {
    return closed.get() != null;
  }

  @Override
  String reason() {
    return reason;
  }

  void close() {
    Await.result(webSocket.close());
  }
}
