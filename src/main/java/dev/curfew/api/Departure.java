package dev.curfew.api;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all that answers HTTP knows of this node's leaving. First it is announced: from then on each
 * answer asks the client to let go of its connection, and all goes on as before. Then waits end:
 * whoever waits for something to happen is answered with what there is. After that the listener
 * closes.
 *
 * <p>One for each node; safe for use by all threads.
 */
public final class Departure {
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
  private final Promise<Void> deserted = Promise.promise();
  private volatile boolean announced;
  private volatile boolean waitsOver;

  /** From now on clients are asked to let go of their connections. */
  public void announce() {
    announced = true;
    lookWhetherDeserted();
  }

  /** Whether the node is leaving. */
  public boolean announced() {
    return announced;
  }

  /** Ends all waits, those that begin from now on as soon as they do. */
  public void endWaits() {
    waitsOver = true;
    waiting.forEach(this::end);
  }

  /**
   * Has a wait ended when the node leaves.
   *
   * @param wait completes when it is over for another reason, and nothing needs to be done
   * @param end ends it; called at most once, on any thread
   */
  public void endWith(Future<?> wait, Runnable end) {
    Runnable entry = end::run;
    waiting.add(entry);
    wait.onComplete(over -> waiting.remove(entry));
    if (waitsOver) {
      end(entry);
    }
  }

  private void end(Runnable entry) {
    if (waiting.remove(entry)) {
      entry.run();
    }
  }

  /** A connection has been accepted. */
  void opened(HttpConnection connection) {
    connections.add(connection);
    connection.closeHandler(
        closed -> {
          connections.remove(connection);
          lookWhetherDeserted();
        });
  }

  /** A request has come. */
  void asked(HttpServerRequest request) {
    String upgrade = request.getHeader(HttpHeaders.UPGRADE);
    if (upgrade != null && upgrade.equalsIgnoreCase("websocket")) {
      // From here on it is another kind of connection, and the end of this one is not told.
      connections.remove(request.connection());
    } else if (announced && request.version() != HttpVersion.HTTP_2) {
      // HTTP/2 has no header for it; its clients are told by a frame when the listener closes.
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  /** Completes when the node is leaving and nobody is connected any more. */
  public Future<Void> deserted() {
    return deserted.future();
  }

  private void lookWhetherDeserted() {
    if (announced && connections.isEmpty()) {
      deserted.tryComplete();
    }
  }
}
