package dev.curfew.audit;

import dev.curfew.auth.SealKey;
import dev.curfew.store.Database;
import dev.curfew.store.DigestedEvent;
import dev.curfew.store.Seal;
import dev.curfew.store.SealBatch;
import dev.curfew.store.SealStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Seals the log batch by batch, from wherever it is sealed to. */
public final class Sealing {
  /** Most events of a batch. */
  static final int MOST = 5_000;

  private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

  private final SealStore store;
  private final SealChain chain;
  private final int most;
  private long known;

  public Sealing(Database database, SealKey key) {
    this(database, key, MOST);
  }

  /**
   * @param most events of a batch
   */
  Sealing(Database database, SealKey key, int most) {
    this.store = new SealStore(database);
    this.chain = new SealChain(key);
    this.most = most;
  }

  /**
   * Seals the next batch.
   *
   * @return how many events were sealed; 0 when there was nothing to seal, or somebody else did
   */
  public Future<Integer> next() {
    return store
        .progress()
        .compose(
            progress ->
                store.unsealed(progress.place(), most).compose(events -> seal(progress, events)));
  }

  /** Seals all that can be sealed now. */
  public Future<Void> all() {
    return next().compose(count -> count == 0 ? Future.succeededFuture() : all());
  }

  private Future<Integer> seal(SealStore.Progress progress, List<DigestedEvent> found) {
    noticeLoss(progress.last());
    if (found.isEmpty()) {
      return Future.succeededFuture(0);
    }
    List<DigestedEvent> events = ofOneDay(found);
    SortedMap<Integer, List<DigestedEvent>> realms = new TreeMap<>();
    for (DigestedEvent event : events) {
      realms.computeIfAbsent(event.realmId(), id -> new ArrayList<>()).add(event);
    }
    return store
        .heads(realms.keySet())
        .map(heads -> seals(progress, realms, heads))
        .compose(
            seals -> {
              SealBatch batch = chain.batch(progress.last(), events, seals, progress.now());
              return store
                  .append(batch, seals)
                  .map(
                      written -> {
                        known = batch.number();
                        return written ? events.size() : 0;
                      });
            });
  }

  private List<Seal> seals(
      SealStore.Progress progress,
      SortedMap<Integer, List<DigestedEvent>> realms,
      Map<Integer, Seal> heads) {
    long batch = progress.last() == null ? 1 : progress.last().number() + 1;
    List<Seal> seals = new ArrayList<>(realms.size());
    realms.forEach(
        (realm, events) -> seals.add(chain.seal(realm, heads.get(realm), batch, events)));
    return seals;
  }

  /** As many of them, from the first on, as were recorded on the same day. */
  private static List<DigestedEvent> ofOneDay(List<DigestedEvent> events) {
    long day = events.get(0).day();
    int end = 1;
    while (end < events.size() && events.get(end).day() == day) {
      end++;
    }
    return events.subList(0, end);
  }

  /** A seal that this node has written or seen does not go away by itself. */
  private void noticeLoss(@Nullable SealBatch last) {
    long number = last == null ? 0 : last.number();
    if (number < known) {
      LOG.error(
          "Batch {} of the event log's seals was there and is gone: the log ends with batch {} now,"
              + " and goes on from there. Somebody has cut it off",
          known,
          number);
    }
    known = number;
  }
}
