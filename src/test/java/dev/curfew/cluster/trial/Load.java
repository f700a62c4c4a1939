package dev.curfew.cluster.trial;

import dev.curfew.JarNode;
import dev.curfew.claim.history.Observation;
import dev.curfew.claim.history.Span;
import dev.curfew.cluster.trial.Attempt.Act;
import dev.curfew.cluster.trial.Front.Reply;
import dev.curfew.cluster.trial.Life.Plan;
import dev.curfew.cluster.trial.SessionHistory.Terms;
import dev.curfew.lease.Work;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients of all kinds, and everything that they saw. */
final class Load implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long STALE_MILLIS = 6_000;
  private static final long IDLE_MILLIS = 4_000;
  private static final List<Long> WARNINGS = List.of(4L, 2L);
  static final int LASTING = 30;
  private static final int WORKERS = 3;

  private static final List<Plan> PLANS =
      List.of(
          Plan.EXPIRES,
          Plan.EXPIRES,
          Plan.EXPIRES,
          Plan.EXPIRES,
          Plan.IDLES,
          Plan.EXTENDED,
          Plan.EXTENDED,
          Plan.REVOKED,
          Plan.STOPPED,
          Plan.DISPUTED,
          Plan.FALLS_SILENT);

  /**
   * A request that failed at the second node, too.
   *
   * @param at when it was given up
   */
  record Failed(long at, Act act, String wish, Reply last) {}

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  private final Front front;
  private final int policy;
  private final int idlePolicy;
  private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
  private final Queue<Observation> observations = new ConcurrentLinkedQueue<>();
  private final Queue<Failed> failed = new ConcurrentLinkedQueue<>();
  private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
  private final Map<String, Terms> terms = new ConcurrentHashMap<>();
  private final AtomicInteger living = new AtomicInteger();
  private final Promise<Void> finishing = Promise.promise();
  private final List<Future<Void>> workers = new ArrayList<>();
  private int sequence;
  private long starting = -1;
  private volatile boolean recordingsDone;

  /** Clients of these nodes; the first makes the policies. */
  Load(List<JarNode> nodes) throws Exception {
    front = new Front(vertx, nodes);
    policy =
        policy(
            nodes.get(0),
            new JsonObject()
                .put("name", "trial")
                .put("staleAfter", STALE_MILLIS / 1_000 + "s")
                .put("maxDuration", "10h")
                .put("warnBefore", seconds(WARNINGS)));
    idlePolicy =
        policy(
            nodes.get(0),
            new JsonObject()
                .put("name", "trial-idle")
                .put("maxDuration", "10h")
                .put("maxIdle", IDLE_MILLIS / 1_000 + "s")
                .put("warnBefore", new JsonArray()));
  }

  private static JsonArray seconds(List<Long> durations) {
    JsonArray texts = new JsonArray();
    durations.forEach(duration -> texts.add(duration + "s"));
    return texts;
  }

  private static int policy(JarNode node, JsonObject terms) throws Exception {
    return node.post("/api/v1/admin/policies", terms).getInteger("id");
  }

  /**
   * Begins.
   *
   * @param startsPerSecond how many sessions are opened, beside those that last
   */
  void begin(int startsPerSecond) {
    vertx.runOnContext(
        now -> {
          for (int i = 0; i < LASTING; i++) {
            live(Plan.LASTS);
          }
          starting =
              vertx.setPeriodic(
                  Math.max(1, 1_000 / startsPerSecond),
                  timer -> live(PLANS.get(ThreadLocalRandom.current().nextInt(PLANS.size()))));
          for (int i = 0; i < WORKERS; i++) {
            workers.add(new RecordingWorker(this, Work.ENCODE, "encoder-" + i).run());
            workers.add(new RecordingWorker(this, Work.UPLOAD, "uploader-" + i).run());
          }
        });
  }

  private void live(Plan plan) {
    String wish = plan + "-" + sequence++;
    boolean idles = plan == Plan.IDLES;
    terms.put(
        wish,
        new Terms(
            plan.reported(), STALE_MILLIS, idles ? IDLE_MILLIS : 0, idles ? List.of() : WARNINGS));
    living.incrementAndGet();
    new Life(this, plan, wish).live().onComplete(over -> living.decrementAndGet());
  }

  /** Opens no sessions any more, ends those that last, and waits until all clients are done. */
  void finish() {
    vertx.runOnContext(
        now -> {
          vertx.cancelTimer(starting);
          finishing.complete();
        });
    Await.until(() -> living + " clients are done", LIMIT, () -> living.get() == 0);
  }

  /** Revokes a session that no client knows of. */
  void revoke(UUID session, String wish) {
    Promise<Reply> revoked = Promise.promise();
    vertx.runOnContext(now -> Life.revokeUnknown(this, session, wish).onComplete(revoked));
    Await.result(revoked.future());
  }

  /** Lets the workers go, when nothing is left to do. */
  void finishRecordings() {
    recordingsDone = true;
    Await.until("the workers stop", LIMIT, () -> workers.stream().allMatch(Future::isComplete));
  }

  // For the clients

  Vertx vertx() {
    return vertx;
  }

  Front front() {
    return front;
  }

  int policy(Plan plan) {
    return plan == Plan.IDLES ? idlePolicy : policy;
  }

  /** Completes when sessions that last are to be ended. */
  Future<Void> finishing() {
    return finishing.future();
  }

  boolean recordingsDone() {
    return recordingsDone;
  }

  void observe(Attempt attempt) {
    attempts.add(attempt);
  }

  void observe(Observation observation) {
    observations.add(observation);
  }

  /** What a client has in the end, after its retry. */
  void answered(Act act, String wish, Reply last) {
    if (last.unknown()) {
      failed.add(new Failed(Span.now(), act, wish, last));
    }
  }

  void unexpected(String what) {
    unexpected.add(what);
  }

  // For whoever checks

  List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  List<Observation> observations() {
    return List.copyOf(observations);
  }

  /** Requests that failed though they were sent again once. */
  List<Failed> failed() {
    return List.copyOf(failed);
  }

  List<String> unexpected() {
    return List.copyOf(unexpected);
  }

  Map<String, Terms> terms() {
    return Map.copyOf(terms);
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
