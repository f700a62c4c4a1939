package dev.curfew.client;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The events of a node as they come over its WebSocket, each with the time of its arrival. */
public final class AlertStream implements AutoCloseable {

  /**
   * @param event a CloudEvent
   * @param arrivedAt wall clock of this machine, epoch milliseconds
   */
  public record Alert(JsonObject event, long arrivedAt) {
    public String type() {
      return event.getString("type", "");
    }

    public JsonObject data() {
      return event.getJsonObject("data", new JsonObject());
    }

    public boolean concerns(String sessionId) {
      return event.getString("subject", "").equals("session/" + sessionId);
    }
  }

  /** Three times the interval of the node's pings. */
  private static final long SILENCE = Duration.ofSeconds(45).toNanos();

  private final BlockingQueue<Alert> arrived = new LinkedBlockingQueue<>();
  private volatile long heardAt = System.nanoTime();
  private volatile @Nullable String closed;
  private @Nullable WebSocket socket;

  private AlertStream() {}

  static AlertStream open(HttpClient http, URI uri, String key) {
    AlertStream stream = new AlertStream();
    try {
      stream.socket =
          http.newWebSocketBuilder()
              .connectTimeout(Duration.ofSeconds(5))
              .header("X-API-Key", key)
              .buildAsync(uri, stream.new Listener())
              .join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      int status =
          cause instanceof WebSocketHandshakeException refused && refused.getResponse() != null
              ? refused.getResponse().statusCode()
              : 0;
      throw new ApiFailure(
          status,
          "The WebSocket "
              + uri.getPath()
              + " did not open: "
              + (status == 0 ? cause.getMessage() : "the node answered " + status));
    }
    return stream;
  }

  /**
   * The next event.
   *
   * @return null when none came in time
   */
  public @Nullable Alert next(Duration patience) {
    try {
      Alert alert = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (alert == null && closed != null) {
        throw new ApiFailure(0, "The WebSocket was closed: " + closed);
      }
      if (alert == null && System.nanoTime() - heardAt > SILENCE) {
        throw new ApiFailure(0, "Nothing was heard over the WebSocket for too long");
      }
      return alert;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(0, "Interrupted");
    }
  }

  @Override
  public void close() {
    WebSocket open = socket;
    if (open != null) {
      open.abort();
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket from, ByteBuffer message) {
      heardAt = System.nanoTime();
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      heardAt = System.nanoTime();
      text.append(part);
      if (last) {
        arrived.add(new Alert(new JsonObject(text.toString()), System.currentTimeMillis()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed = code + " " + reason;
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      closed = String.valueOf(failure.getMessage());
    }
  }
}
