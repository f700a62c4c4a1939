package dev.curfew;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.storage.Finding;
import dev.curfew.storage.StoreState;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries the stores at the start and from then on, and says when one goes or comes back. A store
 * that refuses its configuration stops the start; one that is out of reach does not, since the
 * clock of sessions does not depend on it.
 */
final class StorageWatch extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(StorageWatch.class);

  private final RecordingStores stores;
  private final LongSupplier clock;
  private final Duration interval;
  private final Map<String, Finding.State> known = new ConcurrentHashMap<>();
  private Future<Void> round = Future.succeededFuture();
  private boolean stopped;

  /**
   * @param clock in epoch milliseconds
   * @param interval between the end of one round and the beginning of the next
   */
  StorageWatch(RecordingStores stores, LongSupplier clock, Duration interval) {
    this.stores = stores;
    this.clock = clock;
    this.interval = interval;
  }

  @Override
  public Future<?> start() {
    return check()
        .map(
            found -> {
              found.forEach(StorageWatch::requireNotRefused);
              schedule();
              return null;
            });
  }

  private static void requireNotRefused(StoreState state) {
    if (state.finding().state() == Finding.State.REFUSED) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          "recording." + state.store() + " cannot be used: " + state.finding().message());
    }
  }

  private Future<List<StoreState>> check() {
    return vertx
        .executeBlocking(() -> stores.check(clock), false)
        .onSuccess(found -> found.forEach(this::tell));
  }

  private void tell(StoreState state) {
    Finding finding = state.finding();
    Finding.State before = known.put(state.store(), finding.state());
    if (finding.ready()) {
      if (before != Finding.State.READY) {
        LOG.info("The store of {} recordings is ready: {}", state.store(), state.location());
      }
    } else if (before != finding.state()) {
      LOG.warn("The store of {} recordings cannot be used: {}", state.store(), finding.message());
    }
  }

  private void schedule() {
    if (!stopped) {
      vertx.setTimer(
          interval.toMillis(),
          timer -> {
            if (!stopped) {
              round =
                  check()
                      .<Void>mapEmpty()
                      .onFailure(failure -> LOG.warn("The stores could not be tried", failure))
                      .otherwiseEmpty()
                      .onComplete(done -> schedule());
            }
          });
    }
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return round;
  }
}
