package dev.curfew.alert;

import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket that is told events. Nothing waits here but what the connection's write queue
 * holds; while that is full, the subscription waits. All on the connection's event loop.
 */
final class AlertSocket implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(AlertSocket.class);

  /** Bytes in the write queue from which on it is full. */
  private static final int WRITE_QUEUE = 64 * 1024;

  /** Pings without any sign of life after which a peer counts as gone. */
  private static final int PATIENCE = 2;

  private static final Buffer NO_CONTENT = Buffer.buffer();

  /**
   * Who is told.
   *
   * @param disconnect ends the connection at once, whatever is under way
   * @param principal who opened the connection
   * @param credential asks anew who presents the same credential
   */
  record Peer(
      ServerWebSocket webSocket,
      Runnable disconnect,
      Principal principal,
      Supplier<Future<Principal>> credential) {}

  private final Vertx vertx;
  private final Peer peer;
  private final ServerWebSocket webSocket;
  private final AlertHub.Options options;
  private final ClientFrames frames = new ClientFrames();
  private @Nullable Subscription subscription;
  private boolean closing;
  private long fullSince;
  private long pingedAt = System.nanoTime();
  private int unansweredPings;

  AlertSocket(Vertx vertx, Peer peer, AlertHub.Options options) {
    this.vertx = vertx;
    this.peer = peer;
    this.webSocket = peer.webSocket();
    this.options = options;
  }

  /** Begins to send what the subscription has. */
  void open(Subscription of, Runnable closed) {
    subscription = of;
    webSocket.setWriteQueueMaxSize(WRITE_QUEUE);
    webSocket.frameHandler(this::received);
    webSocket.exceptionHandler(this::failed);
    webSocket.drainHandler(
        none -> {
          fullSince = 0;
          of.pump();
        });
    webSocket.closeHandler(
        none -> {
          closing = true;
          of.end();
          closed.run();
        });
    of.pump();
  }

  @Override
  public void send(String text) {
    webSocket.writeTextMessage(text);
  }

  @Override
  public boolean isFull() {
    if (closing || webSocket.isClosed()) {
      return true;
    }
    boolean full = webSocket.writeQueueFull();
    if (full && fullSince == 0) {
      fullSince = System.nanoTime();
    }
    return full;
  }

  private void received(WebSocketFrame frame) {
    unansweredPings = 0;
    if (closing || frame.isClose()) {
      return;
    }
    ClientFrames.Refusal refusal = frames.accept(frame);
    if (refusal != null) {
      close(refusal.code(), refusal.reason());
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

  /** Whether the reader has taken nothing for too long. */
  boolean isStalled(long now) {
    return !closing && fullSince != 0 && now - fullSince > options.stall().toNanos();
  }

  /** Makes sure that the peer lives; called about once a second. */
  void ping(long now) {
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

  /**
   * Asks whether the credential still is good for what is being sent, and closes if it is not.
   *
   * @return completes when that is known, or cannot be known now
   */
  Future<Void> recheck() {
    if (closing) {
      return Future.succeededFuture();
    }
    return peer.credential()
        .get()
        .onSuccess(
            now -> {
              if (!sameRights(now)) {
                close(CloseCode.POLICY_VIOLATION, "the credential's rights changed; connect again");
              }
            })
        .onFailure(
            failure -> {
              if (failure instanceof CurfewException refusal
                  && refusal.code() == ErrorCode.UNAUTHENTICATED) {
                close(CloseCode.POLICY_VIOLATION, "the credential is no longer valid");
              }
            })
        .otherwiseEmpty()
        .mapEmpty();
  }

  private boolean sameRights(Principal now) {
    Principal principal = peer.principal();
    return now.userId() == principal.userId()
        && now.realmId() == principal.realmId()
        && now.roles().equals(principal.roles())
        && now.scopes().equals(principal.scopes());
  }

  /** Says why and closes; a peer that does not let that through is disconnected after a while. */
  void close(CloseCode code, String reason) {
    if (closing) {
      return;
    }
    closing = true;
    LOG.debug("{} closed: {}, {}", webSocket.remoteAddress(), code, reason);
    Subscription ended = subscription;
    if (ended != null) {
      ended.end();
    }
    long linger = vertx.setTimer(options.linger().toMillis(), timer -> peer.disconnect().run());
    webSocket.close(code.number(), reason).onComplete(closed -> vertx.cancelTimer(linger));
  }
}
