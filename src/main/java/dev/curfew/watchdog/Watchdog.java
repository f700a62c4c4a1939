package dev.curfew.watchdog;

import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.ClusterSeat;
import dev.curfew.store.Database;
import dev.curfew.store.EventPartitions;
import dev.curfew.store.SessionStore;
import dev.curfew.store.SweepStore;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The watchdog of one node; active while it holds the cluster's seat. */
public final class Watchdog extends VerticleBase implements ClusterClock.DatabaseWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

  /** Most findings of one kind at once; the rest is found by the next sweep, or in the same. */
  private static final int MOST = 500;

  /** How often it notes that it is awake, and after how long without it the process stood still. */
  private static final Duration AWAKE_EVERY = Duration.ofSeconds(1);

  private static final Duration STANDSTILL = Duration.ofSeconds(5);

  private static final int DAYS_AHEAD = 2;

  /** How long the token of an ended session stays. */
  private static final Duration TOKENS_KEPT = Duration.ofHours(1);

  private static final Duration TOKENS_EVERY = Duration.ofMinutes(10);
  private static final int MOST_TOKENS = 5_000;

  /** Rules are looked for among all that hold, so less often than the rest. */
  private static final Duration RULES_EVERY = Duration.ofSeconds(30);

  private static final Duration RETIRED_EVERY = Duration.ofSeconds(10);

  private static final Duration PARTITIONS_EVERY = Duration.ofMinutes(10);
  private static final Duration PARTITIONS_AGAIN = Duration.ofMinutes(1);

  /**
   * Durations are those of the configuration's {@code watchdog} section.
   *
   * @param maxAttempts claims of one stage before the recording is Failed
   * @param eventRetention how long the days of the event log are kept
   */
  public record Options(
      Duration interval,
      Duration encoding,
      Duration uploading,
      Duration ending,
      Duration overdue,
      int maxAttempts,
      Duration eventRetention) {}

  /** What the watchdog asks others to do; doing it without need is harmless. */
  public interface Repairs {
    /** Has the session's shard take it up, if it missed it. */
    void lookAgain(UUID sessionId);

    /** Undoes what an ended session left open. */
    Future<Void> undo(UUID sessionId);

    /** Takes up the resource rules that were left half-way. */
    Future<Void> settleRules();

    /** Settles requests whose time has passed, and those approved without a session. */
    Future<Void> settleRequests();

    /** Deletes recordings whose retention is over, and goes on with deletions that are not done. */
    Future<Void> retireRecordings();

    /**
     * Asked before old days of the event log are dropped.
     *
     * @param firstKept the first day that is not too old
     * @return the first day that must be kept; not later
     */
    Future<LocalDate> releaseEvents(LocalDate firstKept);
  }

  private final ClaimStore claims;
  private final SessionStore sessions;
  private final SweepStore left;
  private final EventPartitions partitions;
  private final ClusterSeat seat;
  private final ClusterClock clock;
  private final Bus bus;
  private final Repairs repairs;
  private final Options options;
  private final WatchdogFigures figures;
  private boolean active;
  private boolean deaf = true;
  private long hearingSince;
  private long awakeAt;
  private long partitionsDueAt;
  private long rulesDueAt;
  private long tokensDueAt;
  private long retiredDueAt;
  private Future<Void> retiring = Future.succeededFuture();
  private Future<?> sweeping = Future.succeededFuture();
  private boolean stopped;

  public Watchdog(
      Database database, ClusterClock clock, Bus bus, Repairs repairs, Options options) {
    this.claims = new ClaimStore(database);
    this.sessions = new SessionStore(database);
    this.left = new SweepStore(database);
    this.partitions = new EventPartitions(database);
    this.seat = new ClusterSeat(database, "watchdog");
    this.clock = clock;
    this.bus = bus;
    this.repairs = repairs;
    this.options = options;
    this.figures = new WatchdogFigures(clock::now);
  }

  @Override
  public Future<?> start() {
    clock.watch(this);
    awakeAt = clock.now();
    vertx.setPeriodic(AWAKE_EVERY.toMillis(), timer -> awake());
    // The log's days first, before there is much to write.
    return sweep().onComplete(done -> schedule());
  }

  /** What it has done, and whether it is the one that sweeps. */
  public WatchdogFigures figures() {
    return figures;
  }

  /** Notices a standstill of the process: what was said meanwhile, it may not have heard. */
  private void awake() {
    long now = clock.now();
    if (now - awakeAt > STANDSTILL.toMillis()) {
      LOG.warn("This node stood still for {} s; silence counts from now", (now - awakeAt) / 1000);
      hearingSince = now;
    }
    awakeAt = now;
  }

  private void schedule() {
    if (!stopped) {
      vertx.setTimer(
          options.interval.toMillis(),
          timer -> {
            if (!stopped) {
              sweep().onComplete(done -> schedule());
            }
          });
    }
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return sweeping.eventually(() -> retiring).eventually(seat::leave);
  }

  @Override
  public void databaseLost() {
    context.runOnContext(none -> deaf = true);
  }

  @Override
  public void databaseBack() {
    // The next sweep finds out, and counts silence from there.
  }

  private Future<Void> sweep() {
    Future<Void> sweep =
        seat.held()
            .compose(this::sweepIfHeld)
            .recover(
                failure -> {
                  deaf = true;
                  LOG.debug("No sweep: {}", failure.getMessage());
                  return Future.succeededFuture();
                });
    sweeping = sweep;
    return sweep;
  }

  private Future<Void> sweepIfHeld(boolean held) {
    if (held != active) {
      LOG.info(held ? "This node's watchdog is active" : "This node's watchdog is not active");
      active = held;
      figures.active(held);
      deaf = true;
    }
    if (!held || !clock.databaseAnswers()) {
      return Future.succeededFuture();
    }
    if (deaf) {
      deaf = false;
      hearingSince = clock.now();
    }
    return part("recordings being encoded", () -> giveUpSilent(Work.ENCODE, options.encoding))
        .compose(
            done ->
                part(
                    "recordings being uploaded",
                    () -> giveUpSilent(Work.UPLOAD, options.uploading)))
        .compose(done -> part("overdue sessions", this::overdue))
        .compose(done -> part("sessions that are ending", this::ending))
        .compose(done -> part("checkouts", this::checkouts))
        .compose(done -> part("resource rules", this::rules))
        .compose(done -> part("requests for sessions", repairs::settleRequests))
        .compose(done -> part("tokens of ended sessions", this::tokens))
        .compose(done -> part("recordings whose retention is over", this::recordings))
        .compose(done -> partitions())
        .onSuccess(done -> figures.swept());
  }

  /** One part of the sweep; what stops it stops the others only if the database is away. */
  private Future<Void> part(String what, Supplier<Future<Void>> work) {
    return work.get()
        .recover(
            failure -> {
              if (!clock.databaseAnswers()
                  || failure instanceof CurfewException known
                      && known.code() == ErrorCode.UNAVAILABLE) {
                return Future.failedFuture(failure);
              }
              LOG.warn("The sweep of {} failed", what, failure);
              return Future.succeededFuture();
            });
  }

  private Future<Void> giveUpSilent(Work work, Duration limit) {
    awake();
    return claims
        .giveUpStale(work, limit, hearingSince, options.maxAttempts, MOST)
        .compose(
            givenUp -> {
              for (ClaimStore.GivenUp one : givenUp) {
                LOG.warn(
                    "{} held the recording of session {} and has been silent for {} s; it is {}"
                        + " now",
                    one.owner(),
                    one.sessionId(),
                    one.silent() / 1000,
                    one.stage().wireName());
                figures.moved(work, one.stage());
              }
              if (!givenUp.isEmpty()) {
                bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
                bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
              }
              return givenUp.size() == MOST
                  ? giveUpSilent(work, limit)
                  : Future.<Void>succeededFuture();
            });
  }

  private Future<Void> overdue() {
    return sessions
        .overdue(options.overdue.toMillis(), MOST)
        .map(late -> lookAgain(late, "is past its deadline"));
  }

  private Future<Void> ending() {
    return left.endingFor(options.ending, MOST)
        .map(stuck -> lookAgain(stuck, "has been ending for too long"));
  }

  private Void lookAgain(List<UUID> found, String what) {
    for (UUID id : found) {
      LOG.warn("Session {} {}; its shard looks at it again", id, what);
      repairs.lookAgain(id);
    }
    return null;
  }

  private Future<Void> checkouts() {
    return left.checkoutsLeftOpen(options.ending, MOST)
        .compose(
            found -> {
              Future<Void> all = Future.succeededFuture();
              for (UUID id : found) {
                LOG.warn("Session {} is over and left its checkout open", id);
                all = all.compose(done -> undo(id));
              }
              return all;
            });
  }

  private Future<Void> undo(UUID sessionId) {
    return repairs
        .undo(sessionId)
        .recover(
            failure -> {
              LOG.warn("Session {} could not be undone: {}", sessionId, failure.getMessage());
              return Future.succeededFuture();
            });
  }

  private Future<Void> rules() {
    if (clock.now() < rulesDueAt) {
      return Future.succeededFuture();
    }
    rulesDueAt = clock.now() + RULES_EVERY.toMillis();
    return repairs.settleRules();
  }

  /** Kept for a while, so that an end and what it brings about are well over. */
  private Future<Void> tokens() {
    if (clock.now() < tokensDueAt) {
      return Future.succeededFuture();
    }
    tokensDueAt = clock.now() + TOKENS_EVERY.toMillis();
    return left.forgetTokens(TOKENS_KEPT, MOST_TOKENS)
        .map(
            forgotten -> {
              if (forgotten == MOST_TOKENS) {
                tokensDueAt = 0;
              }
              return null;
            });
  }

  /**
   * Stores may be slow: the sweep does not wait for them, and the next looks whether it is done.
   */
  private Future<Void> recordings() {
    if (!retiring.isComplete() || clock.now() < retiredDueAt) {
      return Future.succeededFuture();
    }
    retiredDueAt = clock.now() + RETIRED_EVERY.toMillis();
    retiring =
        repairs
            .retireRecordings()
            .onFailure(
                failure ->
                    LOG.warn("Recordings stay beyond their retention: {}", failure.getMessage()));
    return Future.succeededFuture();
  }

  private Future<Void> partitions() {
    if (clock.now() < partitionsDueAt) {
      return Future.succeededFuture();
    }
    return logged("added", partitions.addAhead(DAYS_AHEAD))
        .compose(
            added ->
                logged(
                    "dropped",
                    partitions.dropOlderThan(options.eventRetention, repairs::releaseEvents)))
        .onSuccess(done -> partitionsDueAt = clock.now() + PARTITIONS_EVERY.toMillis())
        .recover(
            failure -> {
              // A reader of the log may stand in the way for long; the days ahead leave time.
              partitionsDueAt = clock.now() + PARTITIONS_AGAIN.toMillis();
              LOG.warn("The days of the event log are as they were", failure);
              return Future.succeededFuture();
            });
  }

  private static Future<Void> logged(String what, Future<List<LocalDate>> days) {
    return days.onSuccess(
            changed -> {
              if (!changed.isEmpty()) {
                LOG.info("Days of the event log {}: {}", what, changed);
              }
            })
        .mapEmpty();
  }
}
