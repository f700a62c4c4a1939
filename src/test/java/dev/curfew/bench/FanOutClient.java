package dev.curfew.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Opens WebSockets, and says when the last of them has received each message. Its standard input
 * says when to begin.
 */
public final class FanOutClient {
  private static final int AT_ONCE = 100;
  private static final int MOST_MESSAGES = 100_000;

  private FanOutClient() {}

  /** The wall clock, which both processes share. */
  static long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /**
   * @param args port, path, key, number of sockets
   */
  public static void main(String[] args) throws Exception {
    int sockets = Integer.parseInt(args[3]);
    AtomicIntegerArray receipts = new AtomicIntegerArray(MOST_MESSAGES);
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    WebSocketClient client =
        vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(sockets));
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(Integer.parseInt(args[0]))
            .setURI(args[1])
            .addHeader("X-API-Key", args[2]);
    say("ready");
    awaitLine();
    for (int opened = 0; opened < sockets; opened += AT_ONCE) {
      List<Future<?>> some = new ArrayList<>();
      for (int i = opened; i < Math.min(sockets, opened + AT_ONCE); i++) {
        some.add(
            client
                .connect(options)
                .onSuccess(
                    socket -> {
                      int[] received = new int[1];
                      socket.textMessageHandler(
                          text -> {
                            if (receipts.incrementAndGet(received[0]++) == sockets) {
                              say("received " + micros());
                            }
                          });
                      socket.closeHandler(none -> say("lost " + socket.closeReason()));
                    }));
      }
      Future.all(some).await(60, TimeUnit.SECONDS);
    }
    say("open");
  }

  private static void awaitLine() throws IOException {
    if (System.in.read() < 0) {
      throw new IOException("nobody is there");
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
