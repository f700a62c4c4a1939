package dev.curfew.bench;

import dev.curfew.JarNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Heartbeats to one, two and three nodes that share this machine, spread over them as a balancer
 * does; and what a command costs at the node that owns its session beside another one, which sends
 * it on: heartbeats, and extensions, which are committed before they are answered.
 */
public final class ClusterLoadBench {
  private static final int ROUNDS = 5;
  private static final int WARM_UP_ROUNDS = 4;
  private static final int IDLE_SECONDS = 10;
  private static final int SESSIONS = 900;
  private static final int CONNECTIONS = 64;
  private static final String HEAP = "384m";
  private static final String POLLING = "/api/services/v1/secureaccessgateway/Polling";

  private ClusterLoadBench() {}

  /** What a round cost, in microseconds of CPU a request, beyond what is spent without any. */
  private record Round(HttpLoad.Result result, double nodes, double database) {}

  /** Microseconds of CPU in a second without a request. */
  private record Idle(double nodes, double database) {}

  @FunctionalInterface
  private interface Requests {
    Buffer of(UUID session);
  }

  /** Exits either way: the event loops of what failed would keep the process alive. */
  public static void main(String[] args) {
    try {
      Vertx vertx = Vertx.vertx();
      for (int nodes = 1; nodes <= 3; nodes++) {
        try (NodeProcesses cluster = NodeProcesses.start(nodes, HEAP)) {
          measure(vertx, cluster);
        }
      }
      System.exit(0);
    } catch (Exception | Error failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  private static void measure(Vertx vertx, NodeProcesses cluster) throws Exception {
    cluster.open(SESSIONS);
    int nodes = cluster.count();
    Requests heartbeat = ClusterLoadBench::heartbeat;
    Requests extension = ClusterLoadBench::extension;
    List<HttpLoad.Target> spread = spread(cluster, heartbeat);
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      HttpLoad.load(vertx, spread, CONNECTIONS);
    }
    Idle idle = idle(cluster);
    print(nodes + " nodes, heartbeats spread", vertx, cluster, spread, CONNECTIONS, idle);
    if (nodes < 3) {
      return;
    }
    for (int connections : new int[] {1, CONNECTIONS}) {
      String load = ", " + connections + " at a time";
      List<HttpLoad.Target> right = placed(cluster, heartbeat, 0);
      List<HttpLoad.Target> wrong = placed(cluster, heartbeat, 1);
      print("heartbeat, right node" + load, vertx, cluster, right, connections, idle);
      print("heartbeat, wrong node" + load, vertx, cluster, wrong, connections, idle);
      right = placed(cluster, extension, 0);
      wrong = placed(cluster, extension, 1);
      print("extension, right node" + load, vertx, cluster, right, connections, idle);
      print("extension, wrong node" + load, vertx, cluster, wrong, connections, idle);
    }
  }

  /** All sessions to every node. */
  private static List<HttpLoad.Target> spread(NodeProcesses cluster, Requests requests)
      throws Exception {
    List<Buffer> all =
        cluster.placed().stream().map(placed -> requests.of(placed.session())).toList();
    return IntStream.range(0, cluster.count())
        .mapToObj(node -> new HttpLoad.Target(cluster.node(node).port(), all))
        .toList();
  }

  /**
   * The sessions of each node to that node, or to another.
   *
   * @param beside how many further the node is that they are sent to
   */
  private static List<HttpLoad.Target> placed(NodeProcesses cluster, Requests requests, int beside)
      throws Exception {
    List<HttpLoad.Target> targets = new ArrayList<>();
    List<NodeProcesses.Placed> placed = cluster.placed();
    for (int node = 0; node < cluster.count(); node++) {
      int owner = node;
      JarNode asked = cluster.node((node + beside) % cluster.count());
      targets.add(
          new HttpLoad.Target(
              asked.port(),
              placed.stream()
                  .filter(one -> one.node() == owner)
                  .map(one -> requests.of(one.session()))
                  .toList()));
    }
    return targets;
  }

  private static void print(
      String what,
      Vertx vertx,
      NodeProcesses cluster,
      List<HttpLoad.Target> targets,
      int connections,
      Idle idle)
      throws Exception {
    List<Round> rounds = new ArrayList<>();
    int warmUp = connections == 1 ? 1 : WARM_UP_ROUNDS;
    for (int i = -warmUp; i < ROUNDS; i++) {
      Round round = round(vertx, cluster, targets, connections, idle);
      if (i >= 0) {
        rounds.add(round);
      }
    }
    rounds.sort((a, b) -> Double.compare(a.result().perSecond(), b.result().perSecond()));
    Round median = rounds.get(rounds.size() / 2);
    System.out.printf(
        "%-44s %,8.0f/s   p50 %,6.0f us   p99 %,7.0f us   CPU a request: nodes %5.1f us,"
            + " database %5.1f us%n",
        what,
        median.result().perSecond(),
        median.result().p50Micros(),
        median.result().p99Micros(),
        median.nodes(),
        median.database());
  }

  private static Round round(
      Vertx vertx, NodeProcesses cluster, List<HttpLoad.Target> targets, int connections, Idle idle)
      throws Exception {
    CpuMeter meter = CpuMeter.of(cluster.sql());
    long nodes = cluster.nodeMicros();
    long database = meter.databaseMicros();
    long from = System.nanoTime();
    HttpLoad.Result result = HttpLoad.load(vertx, targets, connections);
    double seconds = (System.nanoTime() - from) / 1e9;
    double requests = result.perSecond() * HttpLoad.ROUND_SECONDS;
    return new Round(
        result,
        (cluster.nodeMicros() - nodes - seconds * idle.nodes()) / requests,
        (meter.databaseMicros() - database - seconds * idle.database()) / requests);
  }

  /** Measured where they have worked and come to rest. */
  private static Idle idle(NodeProcesses cluster) throws Exception {
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    CpuMeter meter = CpuMeter.of(cluster.sql());
    long nodes = cluster.nodeMicros();
    long database = meter.databaseMicros();
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    Idle idle =
        new Idle(
            (cluster.nodeMicros() - nodes) / (double) IDLE_SECONDS,
            (meter.databaseMicros() - database) / (double) IDLE_SECONDS);
    System.out.printf(
        "%d nodes without requests: %.1f %% of a core each, database %.1f %%%n",
        cluster.count(), idle.nodes() / 1e4 / cluster.count(), idle.database() / 1e4);
    return idle;
  }

  private static Buffer heartbeat(UUID session) {
    return request(POLLING, NodeProcesses.heartbeat(session));
  }

  private static Buffer extension(UUID session) {
    return request(
        "/api/v1/admin/sessions/" + session + "/extend",
        new JsonObject().put("additionalSeconds", 1));
  }

  private static Buffer request(String path, JsonObject body) {
    String text = body.encode();
    return Buffer.buffer(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-API-Key: "
            + JarNode.KEY
            + "\r\nContent-Length: "
            + text.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n"
            + text);
  }
}
