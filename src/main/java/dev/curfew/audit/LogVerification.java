package dev.curfew.audit;

import dev.curfew.auth.SealKey;
import dev.curfew.store.Database;
import dev.curfew.store.EventCursor;
import dev.curfew.store.SealBatch;
import dev.curfew.store.SealFloor;
import dev.curfew.store.SealStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares the log with its seals, step by step: a step takes bounded time and memory however long
 * the log is, and whoever asks goes on from where it ended.
 */
public final class LogVerification {
  /** Most findings of one step. */
  public static final int MOST_FINDINGS = 20;

  /** How far unsealed events are counted. */
  public static final long MOST_UNSEALED = 10_000;

  /** Batches of one step; a busy log has fewer, by their events. */
  private static final int BATCHES = 500;

  private static final long EVENTS = Sealing.MOST;

  /** Events and seals that somebody may have put in are looked at, but not without bound. */
  private static final long SURPLUS = 1_000;

  private final SealStore store;
  private final SealChain chain;

  public LogVerification(Database database, SealKey key) {
    this.store = new SealStore(database);
    this.chain = new SealChain(key);
  }

  /**
   * The batch after which a verification from a time on begins.
   *
   * @param time epoch milliseconds
   */
  public Future<Long> batchBefore(long time) {
    return store.lastBefore(time);
  }

  /**
   * One step.
   *
   * @param realmId the realm whose events are looked at; null for all
   * @param after number of the batch after which to begin; 0 for the log's beginning
   */
  public Future<VerifiedPart> step(@Nullable Integer realmId, long after) {
    return store
        .batches(after, BATCHES + 1)
        .compose(
            found -> {
              SealBatch anchor =
                  after > 0 && !found.isEmpty() && found.get(0).number() == after
                      ? found.get(0)
                      : null;
              List<SealBatch> batches = bounded(anchor == null ? found : tail(found));
              boolean atEnd = batches.size() == found.size() - (anchor == null ? 0 : 1);
              return store
                  .floor()
                  .compose(
                      floor -> check(realmId, after, anchor, batches, atEnd, floor.orElse(null)));
            });
  }

  private static List<SealBatch> tail(List<SealBatch> batches) {
    return batches.subList(1, batches.size());
  }

  private static List<SealBatch> bounded(List<SealBatch> batches) {
    long events = 0;
    int end = 0;
    while (end < Math.min(batches.size(), BATCHES) && (end == 0 || events < EVENTS)) {
      events += batches.get(end).events();
      end++;
    }
    return batches.subList(0, end);
  }

  private Future<VerifiedPart> check(
      @Nullable Integer realmId,
      long after,
      @Nullable SealBatch anchor,
      List<SealBatch> batches,
      boolean atEnd,
      @Nullable SealFloor floor) {
    BatchInspection inspection = new BatchInspection(chain, realmId, after, anchor, floor);
    if (batches.isEmpty()) {
      return part(inspection, realmId, anchor, batches, true);
    }
    SealBatch last = batches.get(batches.size() - 1);
    long claimed = batches.stream().mapToLong(SealBatch::events).sum();
    long most = Math.max(0, Math.min(claimed, 2 * EVENTS)) + SURPLUS;
    return store
        .seals(batches.get(0).number(), last.number(), most)
        .compose(
            seals ->
                store
                    .between(place(anchor), last.last(), realmId, most)
                    .compose(
                        events -> {
                          inspection.inspect(batches, seals, events);
                          return part(inspection, realmId, anchor, batches, atEnd);
                        }));
  }

  private static EventCursor place(@Nullable SealBatch batch) {
    return batch == null ? EventCursor.START : batch.last();
  }

  private Future<VerifiedPart> part(
      BatchInspection inspection,
      @Nullable Integer realmId,
      @Nullable SealBatch anchor,
      List<SealBatch> batches,
      boolean atEnd) {
    SealBatch last = batches.isEmpty() ? anchor : batches.get(batches.size() - 1);
    if (!atEnd && last != null) {
      return Future.succeededFuture(inspection.part(last.number(), 0));
    }
    long end = last == null ? 0 : last.number();
    return store
        .seals(end + 1, Long.MAX_VALUE, 1)
        .compose(
            orphans -> {
              orphans.forEach(orphan -> inspection.orphan(orphan.seal()));
              return store.waiting(place(last), realmId, MOST_UNSEALED);
            })
        .map(unsealed -> inspection.part(null, unsealed));
  }

  /**
   * Whether a chain still has a link that was noted.
   *
   * @param realmId of the head's realm; null for the chain over all
   * @return a finding when it does not
   */
  public Future<Optional<Finding>> expect(@Nullable Integer realmId, Head head) {
    return store
        .hash(realmId, head.number())
        .map(
            hash -> {
              long batch = realmId == null ? head.number() : 0;
              long seal = realmId == null ? 0 : head.number();
              String what = realmId == null ? "batch " : "seal ";
              if (hash.isEmpty()) {
                return Optional.of(
                    new Finding(
                        Finding.Kind.LOG_TRUNCATED,
                        realmId,
                        batch,
                        seal,
                        null,
                        0,
                        "The head that was noted, " + what + head.number() + ", is gone"));
              }
              return hash.get().equals(head.hash())
                  ? Optional.<Finding>empty()
                  : Optional.of(
                      new Finding(
                          Finding.Kind.SEAL_ALTERED,
                          realmId,
                          batch,
                          seal,
                          null,
                          0,
                          "The head that was noted, "
                              + what
                              + head.number()
                              + ", had another hash: the log was sealed anew"));
            });
  }
}
