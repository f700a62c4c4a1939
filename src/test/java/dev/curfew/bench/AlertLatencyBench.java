package dev.curfew.bench;

import dev.curfew.alert.AlertHub;
import dev.curfew.alert.AlertNode;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * From an event's commit to its receipt at a WebSocket, at a steady rate of events, each committed
 * by itself and announced as the program announces its own. Beside it PostgreSQL's own
 * notifications, sent by the same transactions in phases of their own, to one connection that waits
 * for nothing else. fsync is on.
 *
 * <p>Arguments: events a second (1000), seconds of each kind (60).
 */
public final class AlertLatencyBench {
  private static final int WRITERS = 8;
  private static final int WARM_UP_SECONDS = 5;
  private static final int PHASES = 3;
  private static final String CHANNEL = "bench";

  private final AlertNode node;
  private final DatabaseEndpoint endpoint;
  private final int perSecond;

  private AlertLatencyBench(AlertNode node, int perSecond) {
    this.node = node;
    this.endpoint = node.endpoint();
    this.perSecond = perSecond;
  }

  public static void main(String[] args) throws Exception {
    int perSecond = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
    AlertNode.Keys keys = new AlertNode.Keys();
    String key = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ));
    try (AlertNode node = new AlertNode(TestStore.open(), keys, AlertHub.Options.DEFAULT);
        DirectSql sql = DirectSql.open(node.endpoint())) {
      new TestPeople(sql).realm(1, "root").user(1, 1, "user1");
      AlertLatencyBench bench = new AlertLatencyBench(node, perSecond);
      bench.alerts("warm-up", key, perSecond * WARM_UP_SECONDS);
      bench.notifications("warm-up", perSecond * WARM_UP_SECONDS);
      for (int phase = 1; phase <= PHASES; phase++) {
        // By turns, so that what else the machine does meets both.
        int events = perSecond * seconds / PHASES;
        bench.alerts("alert" + phase, key, events).print("Curfew's WebSocket");
        bench.notifications("notice" + phase, events).print("LISTEN/NOTIFY");
      }
    }
    System.exit(0);
  }

  /** When each event's commit was asked for, when it was done, and when the event was received. */
  private static final class Times {
    private final AtomicLongArray asked;
    private final AtomicLongArray committed;
    private final AtomicLongArray received;
    private final String prefix;
    private double rate;

    Times(String phase, int count) {
      prefix = phase + "-";
      asked = new AtomicLongArray(count);
      committed = new AtomicLongArray(count);
      received = new AtomicLongArray(count);
    }

    void receive(int number) {
      if (!received.compareAndSet(number, 0, System.nanoTime())) {
        throw new IllegalStateException("event " + number + " came twice");
      }
    }

    boolean complete() {
      for (int i = 0; i < received.length(); i++) {
        if (received.get(i) == 0) {
          return false;
        }
      }
      return true;
    }

    void print(String what) {
      System.out.printf("%s, %,d events at %.0f a second%n", what, asked.length(), rate);
      print("  from asking for the commit", asked);
      print("  from the commit's answer  ", committed);
    }

    private void print(String what, AtomicLongArray since) {
      double[] millis = new double[received.length()];
      for (int i = 0; i < millis.length; i++) {
        millis[i] = Math.max(0, received.get(i) - since.get(i)) / 1e6;
      }
      Arrays.sort(millis);
      System.out.printf(
          "%s: p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms%n",
          what,
          millis[millis.length / 2],
          millis[(int) (millis.length * 0.99)],
          millis[(int) (millis.length * 0.999)],
          millis[millis.length - 1]);
    }
  }

  private Times alerts(String phase, String key, int count) throws Exception {
    Times times = new Times(phase, count);
    Vertx vertx = Vertx.vertx();
    WebSocketClient client = vertx.createWebSocketClient();
    client
        .connect(
            new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(node.port())
                .setURI("/api/v1/alerts")
                .addHeader("X-API-Key", key))
        .onSuccess(
            (WebSocket socket) ->
                socket.textMessageHandler(
                    text -> {
                      int at = text.indexOf(times.prefix);
                      // What an earlier phase wrote may still be on its way.
                      if (at >= 0) {
                        int from = at + times.prefix.length();
                        times.receive(Integer.parseInt(text, from, text.indexOf('"', from), 10));
                      }
                    }))
        .await(20, TimeUnit.SECONDS);
    write(times, false, committed -> node.nudge());
    awaitAll(times);
    vertx.close().await(20, TimeUnit.SECONDS);
    return times;
  }

  private Times notifications(String phase, int count) throws Exception {
    Times times = new Times(phase, count);
    try (Connection connection = endpoint.dataSource().getConnection()) {
      try (var listen = connection.createStatement()) {
        listen.execute("LISTEN " + CHANNEL);
      }
      PGConnection listening = connection.unwrap(PGConnection.class);
      Thread listener =
          new Thread(
              () -> {
                try {
                  for (int left = count; left > 0; ) {
                    for (PGNotification one : listening.getNotifications(0)) {
                      times.receive(Integer.parseInt(one.getParameter()));
                      left--;
                    }
                  }
                } catch (java.sql.SQLException failure) {
                  throw new IllegalStateException(failure);
                }
              });
      listener.start();
      write(times, true, committed -> {});
      awaitAll(times);
      listener.join();
    }
    return times;
  }

  /** Writes on a schedule: a late commit does not make the next one later. */
  private void write(Times times, boolean notify, IntConsumer committed) throws Exception {
    int count = times.asked.length();
    long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    long start = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    List<Future<?>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(
          threads.submit(
              () -> {
                try (DirectSql sql = DirectSql.open(endpoint)) {
                  TestLog log = new TestLog(sql);
                  for (int number = writer; number < count; number += WRITERS) {
                    for (long left = start + number * interval - System.nanoTime(); left > 0; ) {
                      LockSupport.parkNanos(left);
                      left = start + number * interval - System.nanoTime();
                    }
                    sql.begin();
                    log.write(times.prefix + number);
                    if (notify) {
                      sql.value("SELECT pg_notify('bench', ?)::text", Integer.toString(number));
                    }
                    times.asked.set(number, System.nanoTime());
                    sql.commit();
                    times.committed.set(number, System.nanoTime());
                    committed.accept(number);
                  }
                }
                return null;
              }));
    }
    for (Future<?> one : writers) {
      one.get();
    }
    times.rate = count / ((System.nanoTime() - start) / 1e9);
    threads.shutdown();
  }

  private static void awaitAll(Times times) throws InterruptedException {
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!times.complete()) {
      if (System.nanoTime() > giveUpAt) {
        throw new IllegalStateException("not everything was received");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
