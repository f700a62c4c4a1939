package dev.curfew.alert;

import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket that is told events. Nothing waits here but what the connection's write queue
 * holds; while that is full, the subscription waits. All on the connection's event loop.
 */
final class AlertSocket implements AlertConnection, EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(AlertSocket.class);

  /** Pings without any sign of life after which a peer counts as gone. */
  private static final int PATIENCE = 2;

  private static final Buffer NO_CONTENT = Buffer.buffer();

  /**
   * Who is told.
   *
   * @param disconnect ends the connection at once, whatever is under way
   */
  record Peer(ServerWebSocket webSocket, Runnable disconnect, Admission admission) {}

  private final Vertx vertx;
  private final Peer peer;
  private final ServerWebSocket webSocket;
  private final AlertHub.Options options;
  private final ClientFrames frames = new ClientFrames();
  private final Outflow outflow;
  private final Subscription subscription;
  private boolean closing;
  private long pingedAt = System.nanoTime();
  private int unansweredPings;

  private AlertSocket(
      LocalConnections here, Peer peer, EventFilter filter, @Nullable EventCursor after) {
    this.vertx = here.vertx();
    this.peer = peer;
    this.webSocket = peer.webSocket();
    this.options = here.options();
    this.subscription = here.feed().subscribe(filter, after, this);
    this.outflow = new Outflow(webSocket, options.stall(), this::drained);
  }

  /** Tells a WebSocket of this event loop what comes after a cursor, or from now on. */
  static void open(
      LocalConnections here, Peer peer, EventFilter filter, @Nullable EventCursor after) {
    AlertSocket socket = new AlertSocket(here, peer, filter, after);
    socket.webSocket.frameHandler(socket::received);
    socket.webSocket.exceptionHandler(socket::failed);
    socket.webSocket.closeHandler(
        none -> {
          socket.closing = true;
          socket.stop();
          here.remove(socket);
        });
    here.add(socket);
    socket.subscription.pump();
  }

  private void drained() {
    webSocket.resume();
    subscription.pump();
  }

  private void stop() {
    outflow.stop();
    subscription.end();
  }

  @Override
  public Admission admission() {
    return peer.admission();
  }

  @Override
  public void send(EventEnvelope event) {
    webSocket.writeTextMessage(event.text());
  }

  @Override
  public boolean isFull() {
    return outflow.isFull() || webSocket.isClosed();
  }

  private void received(WebSocketFrame frame) {
    unansweredPings = 0;
    if (closing || frame.isClose()) {
      return;
    }
    ClientFrames.Refusal refusal = frames.accept(frame);
    if (refusal != null) {
      close(refusal.code(), refusal.reason());
    } else if (outflow.isFull()) {
      // A peer that takes no answers could otherwise have pings answered without bound. Not within
      // this call, since whoever calls asks for one more frame after a ping.
      vertx.runOnContext(none -> pauseWhileFull());
    }
  }

  private void pauseWhileFull() {
    if (outflow.isFull()) {
      webSocket.pause();
    }
  }

  private void failed(Throwable failure) {
    if (failure instanceof CorruptedWebSocketFrameException corrupted) {
      ClientFrames.Refusal tooBig = ClientFrames.tooBig();
      boolean big = corrupted.closeStatus().code() == CloseCode.TOO_BIG.number();
      close(
          big ? tooBig.code() : CloseCode.PROTOCOL_ERROR,
          big ? tooBig.reason() : "not as RFC 6455 has it");
    }
  }

  @Override
  public boolean isStalled(long now) {
    return outflow.isStalled(now);
  }

  @Override
  public void ping(long now) {
    if (closing || now - pingedAt < options.ping().toNanos()) {
      return;
    }
    if (unansweredPings == PATIENCE) {
      close(CloseCode.PROTOCOL_ERROR, "pings are not answered");
    } else {
      pingedAt = now;
      unansweredPings++;
      webSocket.writePing(NO_CONTENT);
    }
  }

  @Override
  public void close(CloseCode code, String reason) {
    if (closing) {
      return;
    }
    closing = true;
    LOG.debug("{} closed: {}, {}", webSocket.remoteAddress(), code, reason);
    stop();
    long linger = vertx.setTimer(options.linger().toMillis(), timer -> peer.disconnect().run());
    webSocket.close(code.number(), reason).onComplete(closed -> vertx.cancelTimer(linger));
  }
}
