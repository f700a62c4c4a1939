package dev.curfew.bench;

import dev.curfew.JarNode;
import dev.curfew.store.embedded.DurableServer;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The packaged program as so many processes on one durable PostgreSQL, all on this machine. Without
 * encoder and uploader, which have no part in what is measured.
 */
final class NodeProcesses implements AutoCloseable {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String GATEWAY = "bench";

  /**
   * A session and who may report for it.
   *
   * @param node the number of the node that owns its shard
   */
  record Placed(UUID session, int shard, int node) {}

  private final Path directory;
  private final DurableServer database;
  private final DirectSql sql;
  private final List<JarNode> nodes = new ArrayList<>();

  private NodeProcesses(Path directory) throws Exception {
    this.directory = directory;
    database = DurableServer.start(directory.resolve("database"), "127.0.0.1");
    sql = DirectSql.open(database.endpoint());
  }

  /**
   * Starts them, and waits until all shards are where they belong.
   *
   * @param count 1 is a node that knows of no cluster
   * @param heap of each node, as {@code -Xmx} takes it
   */
  static NodeProcesses start(int count, String heap) throws Exception {
    NodeProcesses all = new NodeProcesses(Files.createTempDirectory("curfew-bench-"));
    try {
      all.begin(count, heap);
      return all;
    } catch (Exception | AssertionError failure) {
      all.close();
      throw failure;
    }
  }

  private void begin(int count, String heap) throws Exception {
    Map<String, String> shared = new HashMap<>();
    shared.put("JAVA_TOOL_OPTIONS", "-Xmx" + heap + " -XX:+UseG1GC");
    shared.put("CURFEW_DATABASE_URL", database.url());
    shared.put("CURFEW_NODE_ROLES", "api,sessions,claims,watchdog,alerts,delivery");
    shared.put("CURFEW_SECRETS_KEY", "Y3VyZmV3LXNlY3JldC1mb3ItdHJpYWxzLTMyLWJ5dGU=");
    shared.put("CURFEW_RECORDING_RAW_DIRECTORY", directory.resolve("raw").toString());
    shared.put("CURFEW_RECORDING_DESTINATION", directory.resolve("stored").toString());
    shared.put("CURFEW_RATE_LIMIT_PER_SECOND", "0");
    shared.put("CURFEW_POLICY_DEFAULT_STALE_AFTER", "1d");
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ports.add(freePort());
    }
    if (count > 1) {
      shared.put("CURFEW_CLUSTER_ENABLED", "true");
      shared.put(
          "CURFEW_CLUSTER_MEMBERS",
          String.join(",", ports.stream().map(port -> "127.0.0.1:" + port).toList()));
    }
    for (int i = 0; i < count; i++) {
      Map<String, String> settings = new HashMap<>(shared);
      settings.put("CURFEW_NODE_NAME", name(i));
      if (count > 1) {
        settings.put("CURFEW_CLUSTER_PORT", ports.get(i).toString());
      }
      nodes.add(
          JarNode.begin(Files.createDirectories(directory.resolve(name(i))), settings, List.of()));
    }
    nodes.forEach(JarNode::awaitReady);
    awaitPlaced();
  }

  static String name(int node) {
    return "node-" + (node + 1);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }

  int count() {
    return nodes.size();
  }

  JarNode node(int number) {
    return nodes.get(number);
  }

  DirectSql sql() {
    return sql;
  }

  /** Waits until every node runs and every shard is served by the one that it belongs on. */
  void awaitPlaced() {
    Await.until(
        "all shards are where they belong",
        LONG,
        () -> {
          JsonObject cluster = nodes.get(0).get("/api/v1/admin/cluster");
          JsonObject shards = cluster.getJsonObject("shards");
          return alive(cluster.getJsonArray("members")) == nodes.size()
              && shards.getJsonArray("unowned").isEmpty()
              && shards.getJsonArray("orphaned").isEmpty()
              && shards.getJsonArray("misplaced").isEmpty()
              && allReady();
        });
  }

  private static long alive(JsonArray members) {
    return members.stream()
        .map(JsonObject.class::cast)
        .filter(member -> member.getString("state").equals("live"))
        .count();
  }

  private boolean allReady() throws Exception {
    for (JarNode node : nodes) {
      if (!node.ready()) {
        return false;
      }
    }
    return true;
  }

  /** Stops all nodes, as a shutdown does. */
  void stop() throws Exception {
    for (JarNode node : nodes) {
      node.signal("TERM");
    }
    for (JarNode node : nodes) {
      node.awaitEnd();
    }
  }

  /** Starts them after {@link #stop}, and waits until all shards are where they belong. */
  void startAgain() throws Exception {
    for (JarNode node : nodes) {
      node.beginAgain();
    }
    nodes.forEach(JarNode::awaitReady);
    awaitPlaced();
  }

  /** Opens so many sessions through the nodes in turn. */
  List<UUID> open(int count) throws Exception {
    List<UUID> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsonObject session =
          nodes
              .get(i % nodes.size())
              .post(
                  "/api/v1/admin/sessions",
                  new JsonObject()
                      .put("kind", "psm")
                      .put("userId", "admin")
                      .put("durationSeconds", 36_000)
                      .put("processInstance", GATEWAY));
      opened.add(UUID.fromString(session.getString("id")));
    }
    return opened;
  }

  /** Where the live sessions are that were opened, not those that were copied. */
  List<Placed> placed() throws Exception {
    return sql
        .column(
            "SELECT s.id || ' ' || s.shard || ' ' || o.node FROM session s JOIN shard_owner o"
                + " USING (shard) WHERE s.state < 3 AND s.numeric_id < ? ORDER BY s.id",
            SessionCopies.FIRST_NUMERIC_ID)
        .stream()
        .map(row -> row.split(" "))
        .map(
            row ->
                new Placed(
                    UUID.fromString(row[0]),
                    Integer.parseInt(row[1]),
                    Integer.parseInt(row[2].substring("node-".length())) - 1))
        .toList();
  }

  static JsonObject heartbeat(UUID session) {
    return new JsonObject().put("session", session.toString()).put("processInstance", GATEWAY);
  }

  /** Microseconds of CPU of all nodes so far. */
  long nodeMicros() {
    return nodes.stream().mapToLong(node -> CpuMeter.microsOf(node.pid())).sum();
  }

  @Override
  public void close() throws Exception {
    for (JarNode node : nodes) {
      node.close();
    }
    sql.close();
    database.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
