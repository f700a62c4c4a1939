package dev.curfew.cluster.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.JarNode;
import dev.curfew.claim.history.History;
import dev.curfew.claim.history.HistoryChecker;
import dev.curfew.claim.history.Journal;
import dev.curfew.claim.history.Observation;
import dev.curfew.claim.history.Span;
import dev.curfew.cluster.trial.SessionHistory.Trouble;
import dev.curfew.store.embedded.DurableServer;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Nodes as processes on one database, and everything that can be done to them. */
final class ClusterRig implements AutoCloseable {
  /** Where a node runs. */
  record Place(List<String> prefix, String address, Map<String, String> environment) {
    static final Place HERE = new Place(List.of(), "127.0.0.1", Map.of());
  }

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int WATCHDOG_LIMIT_SECONDS = 4;
  private static final int MOST_ATTEMPTS = 3;
  private static final String KEY = "Y3VyZmV3LXNlY3JldC1mb3ItdHJpYWxzLTMyLWJ5dGU=";

  /** Claims are renewed in time, or their owners are taken to be dead. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "JAVA_TOOL_OPTIONS",
          "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
          "CURFEW_NODE_ROLES",
          "api,sessions,claims,watchdog,alerts,delivery",
          "CURFEW_SECRETS_KEY",
          KEY,
          "CURFEW_RECORDING_LEASE",
          "4s",
          "CURFEW_RECORDING_MAX_ATTEMPTS",
          Integer.toString(MOST_ATTEMPTS),
          "CURFEW_WATCHDOG_INTERVAL",
          "1s",
          "CURFEW_WATCHDOG_LIMITS_ENCODING",
          WATCHDOG_LIMIT_SECONDS + "s",
          "CURFEW_WATCHDOG_LIMITS_UPLOADING",
          WATCHDOG_LIMIT_SECONDS + "s");

  private final Path directory;
  private final DurableServer database;
  private final List<JarNode> nodes = new ArrayList<>();

  /** The names of those whose processes are there and go on. */
  private final Set<String> running = new TreeSet<>();

  private final List<Trouble> troubles = new ArrayList<>();
  private final List<Span> outages = new ArrayList<>();
  private final SessionJournal sessions;
  private final Journal recordings;
  private @Nullable Load load;

  private ClusterRig(Path directory, List<Place> places, String databaseAddress) throws Exception {
    this.directory = directory;
    database = DurableServer.start(directory.resolve("database"), databaseAddress);
    try {
      Map<String, String> shared = shared(places);
      for (Place place : places) {
        running.add(name(nodes.size()));
        nodes.add(begin(place, shared));
      }
      nodes.forEach(JarNode::awaitReady);
      awaitBalance();
      sessions = SessionJournal.install(database.endpoint());
      recordings = Journal.install(database.endpoint());
    } catch (Exception | AssertionError failure) {
      close();
      throw failure;
    }
  }

  /** So many nodes on the loopback interface. */
  static ClusterRig open(Path directory, int nodes) throws Exception {
    return open(directory, IntStream.range(0, nodes).mapToObj(i -> Place.HERE).toList());
  }

  /** A node at each place, and the database here. */
  static ClusterRig open(Path directory, List<Place> places) throws Exception {
    return new ClusterRig(directory, places, "127.0.0.1");
  }

  /** The same with a database that is reached from elsewhere. */
  static ClusterRig open(Path directory, List<Place> places, String databaseAddress)
      throws Exception {
    return new ClusterRig(directory, places, databaseAddress);
  }

  static String name(int node) {
    return "node-" + (node + 1);
  }

  private Map<String, String> shared(List<Place> places) throws IOException {
    Map<String, String> shared = new HashMap<>(SETTINGS);
    shared.put("CURFEW_DATABASE_URL", database.url());
    shared.put("CURFEW_RECORDING_RAW_DIRECTORY", directory.resolve("recordings/raw").toString());
    shared.put("CURFEW_RECORDING_DESTINATION", directory.resolve("recordings/stored").toString());
    shared.put("CURFEW_RATE_LIMIT_PER_SECOND", "100000");
    if (places.size() > 1) {
      shared.put("CURFEW_CLUSTER_ENABLED", "true");
      List<String> members = new ArrayList<>();
      for (Place place : places) {
        members.add(place.address() + ":" + freePort());
      }
      shared.put("CURFEW_CLUSTER_MEMBERS", String.join(",", members));
    }
    return shared;
  }

  private JarNode begin(Place place, Map<String, String> shared) throws IOException {
    int node = nodes.size();
    Map<String, String> settings = new HashMap<>(shared);
    settings.putAll(place.environment());
    settings.put("CURFEW_NODE_NAME", name(node));
    settings.put("CURFEW_HTTP_HOST", place.address());
    String members = shared.get("CURFEW_CLUSTER_MEMBERS");
    if (members != null) {
      settings.put("CURFEW_CLUSTER_HOST", place.address());
      settings.put("CURFEW_CLUSTER_PORT", members.split(",")[node].split(":")[1]);
    }
    return JarNode.begin(
        Files.createDirectories(directory.resolve(name(node))), settings, place.prefix());
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return free.getLocalPort();
    }
  }

  List<JarNode> nodes() {
    return nodes;
  }

  DirectSql sql() throws Exception {
    return DirectSql.open(database.endpoint());
  }

  /** Clients of all nodes begin. */
  Load load(int startsPerSecond) throws Exception {
    Load begun = new Load(nodes);
    load = begun;
    begun.begin(startsPerSecond);
    return begun;
  }

  // Misfortunes

  /** As {@code kill -9} does it, at once. */
  void kill(int... which) throws Exception {
    long from = Span.now();
    for (int node : which) {
      nodes.get(node).signal("KILL");
      running.remove(name(node));
    }
    for (int node : which) {
      nodes.get(node).awaitEnd();
    }
    trouble(from, Limits.TAKEOVER, "kill -9 of " + which.length);
  }

  /** Starts those that were killed or have left. */
  void startAgain(int... which) throws Exception {
    long from = Span.now();
    for (int node : which) {
      nodes.get(node).beginAgain();
      running.add(name(node));
    }
    for (int node : which) {
      nodes.get(node).awaitReady();
    }
    awaitBalance();
    moved(from, "start");
  }

  /**
   * The process stands still, without a word, and then goes on as if nothing were.
   *
   * @return how long it took until others had all its shards
   */
  Duration standStill(int node, Duration time) throws Exception {
    long from = Span.now();
    trouble(from, Limits.DETECTION, "SIGSTOP");
    nodes.get(node).signal("STOP");
    running.remove(name(node));
    awaitServed();
    Duration noticed = Duration.of(Span.now() - from, ChronoUnit.MICROS);
    pause(time.minus(noticed));
    trouble(Span.now(), Limits.RECOVERY, "SIGCONT");
    nodes.get(node).signal("CONT");
    running.add(name(node));
    return noticed;
  }

  /** By SIGTERM; returns when the process has ended. */
  void leave(int node) throws Exception {
    long from = Span.now();
    running.remove(name(node));
    nodes.get(node).signal("TERM");
    nodes.get(node).awaitEnd();
    moved(from, "leave");
  }

  /** The database server is stopped, and comes back after a time. */
  void databaseAway(Duration time) throws Exception {
    long from = Span.now();
    database.stop();
    if (!time.isZero()) {
      pause(time);
    }
    database.startAgain();
    outages.add(Span.since(from));
    trouble(from, Duration.ofMillis((Span.now() - from) / 1_000).plus(Limits.RECOVERY), "database");
  }

  /** Shards move, from then until now. */
  private void moved(long from, String what) {
    troubles.add(new Trouble(Span.since(from), Limits.MOVE.toMillis() * 1_000, what));
  }

  /** A time that was made hard by something else. */
  void trouble(long from, Duration time, String what) {
    Span span = new Span(from, from + TimeUnit.MILLISECONDS.toMicros(time.toMillis()));
    troubles.add(new Trouble(span, 0, what));
  }

  /** Lets the clients go on for a while. */
  static void pause(Duration time) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(time.toMillis());
  }

  // What is awaited

  /** Waits until every shard has an owner that runs; says how long that took. */
  Duration awaitServed() throws Exception {
    long from = System.nanoTime();
    try (DirectSql sql = sql()) {
      Await.until("all shards are served", LONG, () -> unserved(sql) == 0);
    }
    return Duration.ofNanos(System.nanoTime() - from);
  }

  /** Waits until every node that runs has its part of the shards, too. */
  void awaitBalance() throws Exception {
    try (DirectSql sql = sql()) {
      Await.until(
          "all nodes have shards",
          LONG,
          () ->
              unserved(sql) == 0
                  && sql.number("SELECT count(DISTINCT member) FROM shard_owner")
                      == running.size());
    }
  }

  /**
   * How many shards belong to nobody, to a node that does not run, or to an earlier life of one.
   */
  private long unserved(DirectSql sql) throws Exception {
    return sql.number(
        """
        SELECT count(*) FROM shard_owner WHERE member IS NULL OR member NOT IN (
          SELECT DISTINCT ON (name) id FROM cluster_member
          WHERE name = ANY (string_to_array(?, ','))
          ORDER BY name, joined_at DESC)
        """,
        String.join(",", running));
  }

  // The end

  /**
   * Lets everything come to its end and holds all that was seen against the rules.
   *
   * @return what was broken, and why the run was not hard enough, if it was not
   */
  SessionHistory finish() throws Exception {
    Load running = Objects.requireNonNull(load);
    running.finish();
    try (DirectSql sql = sql()) {
      for (String unknown :
          sql.column(
              "SELECT id || ' ' || (attributes->>'deviceName') FROM session WHERE state < 3"
                  + " AND expires_at > now() + interval '1 minute'")) {
        String[] parts = unknown.split(" ");
        running.revoke(UUID.fromString(parts[0]), parts[1]);
      }
      Await.until("all sessions end", LONG, () -> none(sql, "session WHERE state < 4"));
      Await.until(
          "all recordings are done", LONG, () -> none(sql, "recording WHERE stage NOT IN (6, 7)"));
    }
    running.finishRecordings();
    return new SessionHistory(
        running.attempts(),
        sessions.changes(),
        sessions.events(),
        List.copyOf(troubles),
        running.terms(),
        Span.now());
  }

  private static boolean none(DirectSql sql, String what) throws Exception {
    return sql.number("SELECT count(*) FROM " + what) == 0;
  }

  /** Everything that anybody saw of the recordings. */
  History recordingHistory() throws Exception {
    List<Observation> seen = new ArrayList<>(Objects.requireNonNull(load).observations());
    for (Span outage : outages) {
      for (int node = 0; node < nodes.size(); node++) {
        seen.add(new Observation.Outage(outage, name(node)));
      }
    }
    return new History(
        seen,
        recordings.changes(),
        recordings.writes(),
        recordings.told(),
        recordings.stages(),
        MOST_ATTEMPTS,
        TimeUnit.SECONDS.toMicros(WATCHDOG_LIMIT_SECONDS));
  }

  /** Finishes and asserts that no rule was broken. */
  SessionHistory finishAndCheck() throws Exception {
    SessionHistory history = finish();
    String run = summary(history);
    assertThat(SessionChecker.check(history, Limits.ORDINARY.toMillis() * 1_000)).as(run).isEmpty();
    assertThat(HistoryChecker.check(recordingHistory())).as(run).isEmpty();
    assertThat(Objects.requireNonNull(load).unexpected()).as(run).isEmpty();
    return history;
  }

  private static String summary(SessionHistory history) {
    return history.attempts().size()
        + " requests "
        + history.attempts().stream()
            .collect(
                Collectors.groupingBy(
                    attempt -> attempt.act() + " " + attempt.answer(), Collectors.counting()))
        + ", "
        + history.troubles();
  }

  @Override
  public void close() throws Exception {
    if (load != null) {
      load.close();
    }
    for (JarNode node : nodes) {
      if (node.isAlive()) {
        node.signal("CONT");
      }
    }
    for (JarNode node : nodes) {
      node.close();
    }
    database.close();
  }
}
