package dev.curfew.cluster;

import dev.curfew.cluster.ClockSamples.Sample;
import dev.curfew.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster's clock on this node: monotonic time plus a measured offset to the database's clock.
 * It never steps back, whatever the machine's wall clock does.
 *
 * <p>Each measurement asks the server for its time and takes what it says for the time at which the
 * answer arrives: that may be late by as much as the round trip took, and is never ahead, since to
 * end a session early is worse than to end it late. The quickest of the recent answers is believed.
 * A missing answer also is how the node notices that the database is away; who must know of that
 * listens here.
 *
 * <p>When the database's clock itself is set, or another server takes its place, all nodes follow,
 * since what it says is the time. Set forward, they step forward with the next measurement. Set
 * back, they run at half their speed until it has caught up, and are not ready so long: a session
 * ends late rather than to be seen to end before it began. For up to one interval between
 * measurements the error may be larger than {@link #errorMillis} says.
 */
public final class ClusterClock {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterClock.class);

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** At the start there is nothing to fall back on, and a busy machine is slow to connect. */
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(15);

  private static final int FIRST_SAMPLES = 5;

  /** Told when the database stops answering, and when it answers again. */
  public interface DatabaseWatcher {
    void databaseLost();

    void databaseBack();
  }

  private final Vertx vertx;
  private final Database database;
  private volatile ClockReading reading = new ClockReading(0, 0, 0, 0);
  private final List<DatabaseWatcher> watchers = new CopyOnWriteArrayList<>();
  private final ClockSamples samples = new ClockSamples();
  private boolean set;
  private volatile boolean answering = true;
  private volatile boolean closed;

  private ClusterClock(Vertx vertx, Database database) {
    this.vertx = vertx;
    this.database = database;
  }

  /** A clock that has been set and keeps itself right until it is closed. */
  public static Future<ClusterClock> start(Vertx vertx, Database database) {
    ClusterClock clock = new ClusterClock(vertx, database);
    return clock
        .sample(FIRST_SAMPLES)
        .map(
            set -> {
              clock.scheduleNext();
              return clock;
            });
  }

  /** Cluster time in epoch milliseconds. */
  public long now() {
    return reading.at(monotonic()) / 1000;
  }

  /** How far {@link #now} may be off, in milliseconds. */
  public long errorMillis() {
    return reading.errorAt(monotonic()) / 1000;
  }

  /** Whether the last measurement got an answer. */
  public boolean databaseAnswers() {
    return answering;
  }

  public void watch(DatabaseWatcher watcher) {
    watchers.add(watcher);
  }

  public void close() {
    closed = true;
  }

  private Future<Void> sample(int times) {
    return measure(FIRST_PATIENCE)
        .compose(done -> times > 1 ? sample(times - 1) : Future.succeededFuture());
  }

  private Future<Void> measure(Duration patience) {
    long asked = monotonic();
    return database
        .clockMicros(patience)
        .map(
            server -> {
              long answered = monotonic();
              // As if the server had looked at its clock only now, which it did earlier: behind it
              // this may be, by up to the whole trip, but never ahead.
              accept(new Sample(server - answered, answered - asked + 1, answered));
              return null;
            });
  }

  private synchronized void accept(Sample sample) {
    Sample best = samples.best(sample);
    long now = monotonic();
    long error = best.errorAt(now);
    reading =
        set
            ? reading.corrected(best.offset(), error, now)
            : new ClockReading(best.offset(), 0, now, error);
    set = true;
  }

  private void scheduleNext() {
    vertx.setTimer(
        INTERVAL.toMillis(),
        timer -> {
          if (!closed) {
            measure(PATIENCE)
                .onComplete(
                    result -> {
                      answered(result.succeeded());
                      scheduleNext();
                    });
          }
        });
  }

  private void answered(boolean now) {
    if (closed || now == answering) {
      return;
    }
    answering = now;
    if (now) {
      LOG.info("The database answers again");
      watchers.forEach(DatabaseWatcher::databaseBack);
    } else {
      LOG.warn("The database does not answer; sessions go on, nothing new is decided");
      watchers.forEach(DatabaseWatcher::databaseLost);
    }
  }

  private static long monotonic() {
    return System.nanoTime() / 1000;
  }
}
