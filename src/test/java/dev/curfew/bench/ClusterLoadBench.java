package dev.curfew.bench;

import dev.curfew.JarNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Heartbeats to one, two and three nodes that share this machine, spread over them as a balancer
 * does; and what a command costs at the node that owns its session beside another one, which sends
 * it on: heartbeats, and extensions, which are committed before they are answered.
 */
public final class ClusterLoadBench {
  private static final int ROUNDS = 5;
  private static final int SESSIONS = 900;
  private static final int CONNECTIONS = 64;
  private static final String HEAP = "384m";
  private static final String POLLING = "/api/services/v1/secureaccessgateway/Polling";

  private ClusterLoadBench() {}

  /** What a round cost, in microseconds of CPU a request. */
  private record Round(HttpLoad.Result result, double nodes, double database) {}

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
    print(nodes + " nodes, heartbeats spread", vertx, cluster, spread, CONNECTIONS);
    if (nodes < 3) {
      return;
    }
    for (int connections : new int[] {1, CONNECTIONS}) {
      String load = ", " + connections + " at a time";
      List<HttpLoad.Target> right = placed(cluster, heartbeat, 0);
      List<HttpLoad.Target> wrong = placed(cluster, heartbeat, 1);
      print("heartbeat, right node" + load, vertx, cluster, right, connections);
      print("heartbeat, wrong node" + load, vertx, cluster, wrong, connections);
      right = placed(cluster, extension, 0);
      wrong = placed(cluster, extension, 1);
      print("extension, right node" + load, vertx, cluster, right, connections);
      print("extension, wrong node" + load, vertx, cluster, wrong, connections);
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
      int connections)
      throws Exception {
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i <= ROUNDS; i++) {
      Round round = round(vertx, cluster, targets, connections);
      if (i > 0) {
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
      Vertx vertx, NodeProcesses cluster, List<HttpLoad.Target> targets, int connections)
      throws Exception {
    CpuMeter meter = CpuMeter.of(cluster.sql());
    long nodes = cluster.nodeMicros();
    long database = meter.databaseMicros();
    HttpLoad.Result result = HttpLoad.load(vertx, targets, connections);
    double requests = result.perSecond() * HttpLoad.ROUND_SECONDS;
    return new Round(
        result,
        (cluster.nodeMicros() - nodes) / requests,
        (meter.databaseMicros() - database) / requests);
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
