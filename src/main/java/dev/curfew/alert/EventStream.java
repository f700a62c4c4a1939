package dev.curfew.alert;

import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP response without end that is told events: server-sent events, as the HTML standard has
 * them. It begins with the time to wait before connecting again and with the place where the reader
 * begins, and repeats the place it has come to with every ping, so that a reader who was told
 * nothing yet, or nothing lately, resumes from there, too. All on the connection's event loop.
 */
final class EventStream implements AlertConnection, EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

  /** How long a reader that lost its connection should wait before it connects again. */
  private static final int RETRY_MILLIS = 3_000;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Admission admission;
  private final AlertHub.Options options;
  private final LocalConnections here;
  private final Subscription subscription;
  private final Outflow outflow;
  private boolean closing;
  private long pingedAt = System.nanoTime();

  private EventStream(
      LocalConnections here,
      HttpServerRequest request,
      Admission admission,
      EventFilter filter,
      @Nullable EventCursor after) {
    this.vertx = here.vertx();
    this.here = here;
    this.request = request;
    this.response = request.response();
    this.admission = admission;
    this.options = here.options();
    this.subscription = here.feed().subscribe(filter, after, this);
    this.outflow = new Outflow(response, options.stall(), subscription::pump);
  }

  /**
   * Answers a request of this event loop with what comes after a cursor, or from now on. Does
   * nothing for a client that has left.
   */
  static void open(
      LocalConnections here,
      HttpServerRequest request,
      Admission admission,
      EventFilter filter,
      @Nullable EventCursor after) {
    HttpServerResponse response = request.response();
    if (response.closed()) {
      return;
    }
    EventStream stream = new EventStream(here, request, admission, filter, after);
    response.exceptionHandler(
        failure -> LOG.debug("{} failed: {}", request.remoteAddress(), failure.getMessage()));
    response.closeHandler(none -> stream.gone());
    response.setChunked(true);
    response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (request.version() != HttpVersion.HTTP_2) {
      // It is closed after the end, and must not be used for another request until then.
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    // Of proxies: that they pass on every event as it comes.
    response.putHeader("X-Accel-Buffering", "no");
    response.write("retry: " + RETRY_MILLIS + "\n" + stream.place());
    here.add(stream);
    stream.subscription.pump();
  }

  /** An event of its own, which is not dispatched: it only says where to go on. */
  private String place() {
    return "id: " + subscription.position().text() + "\n\n";
  }

  private void stop() {
    closing = true;
    outflow.stop();
    subscription.end();
  }

  private void gone() {
    stop();
    here.remove(this);
  }

  @Override
  public Admission admission() {
    return admission;
  }

  @Override
  public void send(EventEnvelope event) {
    response.write(event.serverSentEvent());
  }

  @Override
  public boolean isFull() {
    return outflow.isFull();
  }

  @Override
  public boolean isStalled(long now) {
    return outflow.isStalled(now);
  }

  @Override
  public void ping(long now) {
    if (!outflow.isFull() && now - pingedAt >= options.ping().toNanos()) {
      pingedAt = now;
      response.write(": ping\n" + place());
    }
  }

  @Override
  public void close(CloseCode code, String reason) {
    if (closing) {
      return;
    }
    stop();
    LOG.debug("{} closed: {}, {}", request.remoteAddress(), code, reason);
    long linger =
        vertx.setTimer(options.linger().toMillis(), timer -> ClientConnection.cut(request));
    response
        .end(Buffer.buffer(": " + reason + "\n\n"))
        .onComplete(
            ended -> {
              vertx.cancelTimer(linger);
              if (request.version() != HttpVersion.HTTP_2) {
                request.connection().close();
              }
              gone();
            });
  }
}
