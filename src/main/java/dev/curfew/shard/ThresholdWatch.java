package dev.curfew.shard;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.session.RealmThresholds;
import dev.curfew.store.ThresholdStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What subscriptions add to the thresholds of sessions, as this node knows it: read when a notice
 * says that it changed, and every few seconds for the notice that was lost. A database that does
 * not answer leaves what is known; which is then as old as the answer.
 */
final class ThresholdWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ThresholdWatch.class);

  /** How late a lost notice is made good: milliseconds. */
  private static final long PERIOD = 5_000;

  private final Vertx vertx;
  private final ThresholdStore store;
  private final Bus bus;
  private final Runnable changed;
  private volatile RealmThresholds known = RealmThresholds.NONE;
  private @Nullable Future<Void> reading;
  private boolean changedMeanwhile;
  private long timer;

  /**
   * @param changed called on any thread after {@link #known} has changed
   */
  ThresholdWatch(Vertx vertx, ThresholdStore store, Bus bus, Runnable changed) {
    this.vertx = vertx;
    this.store = store;
    this.bus = bus;
    this.changed = changed;
  }

  /** Completes with the first answer of the database. */
  Future<Void> start() {
    timer = vertx.setPeriodic(PERIOD, periodic -> look());
    return bus.subscribe(Routes.THRESHOLDS_CHANGED, notice -> look()).compose(listening -> look());
  }

  void close() {
    vertx.cancelTimer(timer);
  }

  RealmThresholds known() {
    return known;
  }

  /** Reads now, or once more after the reading that is under way, which may have come too early. */
  private synchronized Future<Void> look() {
    Future<Void> underWay = reading;
    if (underWay != null) {
      changedMeanwhile = true;
      return underWay;
    }
    changedMeanwhile = false;
    Future<Void> begun =
        store
            .added()
            .onFailure(
                failure -> LOG.debug("Thresholds could not be read, they will be again", failure))
            .map(
                answer -> {
                  learn(answer);
                  return null;
                });
    reading = begun;
    begun.onComplete(done -> readingIsOver());
    return begun;
  }

  private void learn(RealmThresholds answer) {
    if (!answer.equals(known)) {
      known = answer;
      changed.run();
    }
  }

  private synchronized void readingIsOver() {
    reading = null;
    if (changedMeanwhile) {
      look();
    }
  }
}
