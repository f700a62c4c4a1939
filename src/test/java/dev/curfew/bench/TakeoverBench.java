package dev.curfew.bench;

import dev.curfew.JarNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long it takes after {@code kill -9} of one of three nodes until every session that it had is
 * answered for by another: right after the kill a heartbeat for a session in each of its shards
 * goes to the nodes that are left, again when it is turned away, and the last success counts.
 * Arguments: how many live sessions there are beside those, and how often a node is killed.
 */
public final class TakeoverBench {
  private static final int NODES = 3;
  private static final int SHARDS = 256;
  private static final int OPENED_AT_ONCE = 500;
  private static final String HEAP = "768m";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern USED = Pattern.compile("heap .*used (\\d+)K");

  private TakeoverBench() {}

  /** Exits either way: the event loops of what failed would keep the process alive. */
  public static void main(String[] args) {
    int sessions = Integer.parseInt(args[0]);
    int kills = Integer.parseInt(args[1]);
    try (NodeProcesses cluster = NodeProcesses.start(NODES, HEAP)) {
      run(cluster, sessions, kills);
      cluster.close();
      System.exit(0);
    } catch (Exception | Error failure) {
      failure.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(NodeProcesses cluster, int sessions, int kills) throws Exception {
    while (probes(cluster).size() < SHARDS) {
      cluster.open(OPENED_AT_ONCE);
    }
    if (sessions > 0) {
      fill(cluster, sessions);
    }
    List<Double> answered = new ArrayList<>();
    for (int kill = 0; kill <= kills; kill++) {
      double seconds = killed(cluster, kill % NODES);
      cluster.node(kill % NODES).startAgain();
      cluster.awaitPlaced();
      System.out.printf("kill %d: %.3f s%s%n", kill, seconds, kill == 0 ? " (not counted)" : "");
      if (kill > 0) {
        answered.add(seconds);
      }
    }
    answered.sort(null);
    System.out.printf(
        "%,d live sessions, %d kills: until all are answered for p50 %.2f s, p90 %.2f s, p99 %.2f s,"
            + " longest %.2f s%n",
        cluster.sql().number("SELECT count(*) FROM session WHERE state < 3"),
        kills,
        at(answered, 0.5),
        at(answered, 0.9),
        at(answered, 0.99),
        at(answered, 1));
  }

  private static double at(List<Double> sorted, double part) {
    return sorted.get((int) Math.ceil(part * sorted.size()) - 1);
  }

  private static void fill(NodeProcesses cluster, int sessions) throws Exception {
    List<Long> empty = heaps(cluster);
    long opened = cluster.placed().size();
    cluster.stop();
    SessionCopies.of(cluster.placed().get(0).session(), sessions, cluster.sql());
    long started = System.nanoTime();
    cluster.startAgain();
    System.out.printf(
        "%,d live sessions; all nodes started and shards served after %.1f s%n",
        sessions + opened, (System.nanoTime() - started) / 1e9);
    List<Long> full = heaps(cluster);
    for (int node = 0; node < NODES; node++) {
      long held =
          cluster
              .sql()
              .number(
                  "SELECT count(*) FROM session JOIN shard_owner o USING (shard)"
                      + " WHERE state < 3 AND o.node = ?",
                  NodeProcesses.name(node));
      System.out.printf(
          "node %d: %,d sessions, heap %,d KiB without them and %,d KiB with them: %.0f bytes a"
              + " session%n",
          node + 1,
          held,
          empty.get(node),
          full.get(node),
          (full.get(node) - empty.get(node)) * 1024.0 / held);
    }
  }

  /** What a full collection leaves on each node, in KiB. */
  private static List<Long> heaps(NodeProcesses cluster) throws Exception {
    List<Long> heaps = new ArrayList<>();
    for (int node = 0; node < NODES; node++) {
      long pid = cluster.node(node).pid();
      jcmd(pid, "GC.run");
      Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
      if (!used.find()) {
        throw new IllegalStateException("no heap");
      }
      heaps.add(Long.parseLong(used.group(1)));
    }
    return heaps;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(tool.toString(), Long.toString(pid), command)
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return printed;
  }

  /** A session of every shard that has one. */
  private static Map<Integer, NodeProcesses.Placed> probes(NodeProcesses cluster) throws Exception {
    Map<Integer, NodeProcesses.Placed> probes = new LinkedHashMap<>();
    for (NodeProcesses.Placed placed : cluster.placed()) {
      probes.putIfAbsent(placed.shard(), placed);
    }
    return probes;
  }

  /** Kills a node; returns how many seconds later the last of its shards answered. */
  private static double killed(NodeProcesses cluster, int node) throws Exception {
    List<NodeProcesses.Placed> orphans =
        probes(cluster).values().stream().filter(probe -> probe.node() == node).toList();
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    long from = System.nanoTime();
    cluster.node(node).signal("KILL");
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (int i = 0; i < orphans.size(); i++) {
      JarNode asked = cluster.node((node + 1 + i % (NODES - 1)) % NODES);
      answers.add(answered(client, asked, orphans.get(i), from));
    }
    long last = from;
    for (CompletableFuture<Long> answer : answers) {
      last = Math.max(last, answer.get());
    }
    cluster.node(node).awaitEnd();
    return (last - from) / 1e9;
  }

  /** When the heartbeat was taken, asked for as often as it needs. */
  private static CompletableFuture<Long> answered(
      HttpClient client, JarNode asked, NodeProcesses.Placed probe, long since) {
    HttpRequest heartbeat =
        asked
            .request("/api/services/v1/secureaccessgateway/Polling")
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    NodeProcesses.heartbeat(probe.session()).encode()))
            .build();
    return client
        .sendAsync(heartbeat, HttpResponse.BodyHandlers.ofString())
        .thenCompose(
            answer -> {
              long now = System.nanoTime();
              if (answer.statusCode() == 200) {
                boolean ended = new JsonObject(answer.body()).getBoolean("TerminateSession");
                return ended
                    ? CompletableFuture.failedFuture(new IllegalStateException(answer.body()))
                    : CompletableFuture.completedFuture(now);
              }
              return answer.statusCode() == 503 && now - since < PATIENCE.toNanos()
                  ? answered(client, asked, probe, since)
                  : CompletableFuture.failedFuture(new IllegalStateException(answer.body()));
            });
  }
}
