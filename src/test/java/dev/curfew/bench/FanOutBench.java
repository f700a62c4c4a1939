package dev.curfew.bench;

import dev.curfew.alert.AlertHub;
import dev.curfew.alert.AlertNode;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * One alert to every WebSocket of a node: from the moment its commit is asked for to the last
 * receipt, and the heap that each socket takes. Beside it bare Vert.x WebSockets that are told a
 * text of the same length, from the moment the first is written to. The sockets' other ends are in
 * a process of their own ({@link FanOutClient}); both processes need a file for each socket.
 *
 * <p>Arguments: sockets (10000), rounds (20).
 */
public final class FanOutBench {
  private FanOutBench() {}

  public static void main(String[] args) throws Exception {
    int sockets = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    System.out.printf(
        "%,d sockets, %d rounds; ulimit -n is %s and left as it is%n",
        sockets, rounds, output("sh", "-c", "ulimit -n"));
    AlertNode.Keys keys = new AlertNode.Keys();
    String key = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ));
    try (AlertNode node = new AlertNode(TestStore.open(), keys, AlertHub.Options.DEFAULT);
        DirectSql sql = DirectSql.open(node.endpoint())) {
      new TestPeople(sql).realm(1, "root").user(1, 1, "user1");
      TestLog log = new TestLog(sql);
      run(
          "Curfew, commit to the last receipt",
          new Client(node.port(), "/api/v1/alerts", key, sockets),
          rounds,
          () -> {
            sql.begin();
            log.write("fan-out");
            long asked = FanOutClient.micros();
            sql.commit();
            node.nudge();
            return asked;
          });
    }
    Bare bare = new Bare();
    run(
        "bare Vert.x WebSockets, first write to the last receipt",
        new Client(bare.port, "/", "none", sockets),
        rounds,
        bare::tell);
    bare.vertx.close().await(20, TimeUnit.SECONDS);
    System.exit(0);
  }

  private interface Round {
    /** Tells all sockets; since when, in microseconds of the wall clock. */
    long tell() throws Exception;
  }

  private static void run(String what, Client client, int rounds, Round round) throws Exception {
    long before = used();
    client.open();
    long perSocket = (used() - before) / client.sockets;
    double[] millis = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      long since = round.tell();
      millis[i] = (client.awaitLast() - since) / 1e3;
    }
    client.close();
    double first = millis[0];
    Arrays.sort(millis);
    System.out.printf(
        "%s: median %.0f ms, best %.0f, worst %.0f (first round %.0f); %,d bytes of heap a socket%n",
        what, millis[rounds / 2], millis[0], millis[rounds - 1], first, perSocket);
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static String output(String... command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** The process at the sockets' other ends. */
  private static final class Client {
    private final int sockets;
    private final Process process;
    private final BufferedReader said;

    Client(int port, String path, String key, int sockets) throws IOException {
      this.sockets = sockets;
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "-cp",
                  System.getProperty("java.class.path"),
                  FanOutClient.class.getName(),
                  Integer.toString(port),
                  path,
                  key,
                  Integer.toString(sockets))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      said =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      expect("ready");
    }

    void open() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      expect("open");
    }

    /** When the last socket had received the next message. */
    long awaitLast() throws IOException {
      return Long.parseLong(expect("received"));
    }

    private String expect(String word) throws IOException {
      String line = said.readLine();
      if (line == null || !line.startsWith(word)) {
        throw new IOException("the client said " + line);
      }
      return line.substring(word.length()).strip();
    }

    void close() throws Exception {
      process.destroy();
      process.waitFor();
    }
  }

  /** As many event loops as a node has, each with its own sockets and nothing else. */
  private static final class Bare {
    private static final String TEXT = "x".repeat(400);

    private final Vertx vertx = Vertx.vertx();
    private final List<Loop> loops = new CopyOnWriteArrayList<>();
    private final int port;

    Bare() throws Exception {
      try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
        port = probe.getLocalPort();
      }
      for (int i = 0; i < 2; i++) {
        Loop loop = new Loop();
        loops.add(loop);
        vertx.deployVerticle(loop, new DeploymentOptions()).await(20, TimeUnit.SECONDS);
      }
    }

    long tell() {
      long since = FanOutClient.micros();
      loops.forEach(Loop::tell);
      return since;
    }

    private final class Loop extends VerticleBase {
      private final List<ServerWebSocket> sockets = new ArrayList<>();

      @Override
      public Future<?> start() {
        return vertx.createHttpServer().webSocketHandler(sockets::add).listen(port, "127.0.0.1");
      }

      void tell() {
        context.runOnContext(none -> sockets.forEach(socket -> socket.writeTextMessage(TEXT)));
      }
    }
  }
}
