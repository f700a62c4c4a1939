package dev.curfew.audit;

import dev.curfew.auth.SealKey;
import dev.curfew.store.Database;
import dev.curfew.store.SealStore;
import io.vertx.core.Future;
import java.time.LocalDate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which days of the log may be dropped, so that it can still be verified afterwards. */
public final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final SealStore store;
  private final SealChain chain;

  public Retention(Database database, SealKey key) {
    this.store = new SealStore(database);
    this.chain = new SealChain(key);
  }

  /**
   * Notes that everything before a day may be missing from now on, if all of it is sealed.
   *
   * @return the first day that must be kept: that one, or an earlier one when something older is
   *     not sealed yet
   */
  public Future<LocalDate> release(LocalDate firstKept) {
    long day = firstKept.toEpochDay();
    return store
        .floor()
        .compose(
            floor -> {
              long released = floor.isPresent() ? floor.get().day() : 0;
              return released >= day
                  ? Future.succeededFuture(firstKept)
                  : store
                      .progress()
                      .compose(progress -> store.anyBefore(day, progress.place()))
                      .compose(unsealed -> unsealed ? kept(released) : raised(released, day));
            });
  }

  private static Future<LocalDate> kept(long released) {
    LOG.warn("Events that are too old to be kept are kept, since they are not sealed yet");
    return Future.succeededFuture(LocalDate.ofEpochDay(released));
  }

  private Future<LocalDate> raised(long released, long day) {
    return store.raise(released, chain.floor(day)).map(done -> LocalDate.ofEpochDay(day));
  }
}
