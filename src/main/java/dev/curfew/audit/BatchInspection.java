package dev.curfew.audit;

import dev.curfew.audit.Finding.Kind;
import dev.curfew.store.DigestedEvent;
import dev.curfew.store.Seal;
import dev.curfew.store.SealBatch;
import dev.curfew.store.SealFloor;
import dev.curfew.store.SealStore.ChainedSeal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds some batches that follow each other against their seals and events. */
final class BatchInspection {
  private final SealChain chain;
  private final @Nullable Integer realmId;
  private final long after;
  private final List<Finding> findings = new ArrayList<>();

  /** Every event recorded before that day may have been dropped. */
  private long droppedBefore;

  private @Nullable SealBatch before;
  private long batches;
  private long seals;
  private long events;
  private long dropped;

  /**
   * @param realmId the realm whose events are held against their seals; null for all
   * @param after number of the batch before the first to be inspected
   * @param before that batch; null when there is none
   */
  BatchInspection(
      SealChain chain,
      @Nullable Integer realmId,
      long after,
      @Nullable SealBatch before,
      @Nullable SealFloor floor) {
    this.chain = chain;
    this.realmId = realmId;
    this.after = after;
    this.before = before;
    if (before != null && !chain.isAuthentic(before)) {
      found(batchAltered(before.number()));
    }
    if (floor != null && chain.isAuthentic(floor)) {
      droppedBefore = floor.day();
    } else if (floor != null) {
      found(
          Finding.ofBatch(
              Kind.SEAL_ALTERED,
              0,
              "What says up to which day events were dropped was not made by this installation"));
    }
  }

  private void found(Finding finding) {
    if (findings.size() < LogVerification.MOST_FINDINGS) {
      findings.add(finding);
    }
  }

  private static Finding batchAltered(long number) {
    return Finding.ofBatch(
        Kind.SEAL_ALTERED,
        number,
        "Batch " + number + " is not as this installation made it, or was not made by it");
  }

  VerifiedPart part(@Nullable Long next, long unsealed) {
    return new VerifiedPart(batches, seals, events, dropped, findings, next, unsealed);
  }

  /** A seal of a batch behind the last one. */
  void orphan(Seal seal) {
    found(batchMissing(seal.batch()));
  }

  private static Finding batchMissing(long number) {
    return Finding.ofBatch(Kind.SEAL_REMOVED, number, "Batch " + number + " is gone");
  }

  /**
   * @param of one after the other
   * @param found the seals of all realms, by batch and realm
   * @param logged the events of the inspected realms up to the last place of the last batch
   */
  void inspect(List<SealBatch> of, List<ChainedSeal> found, List<DigestedEvent> logged) {
    Map<Long, List<ChainedSeal>> sealsOf = new HashMap<>();
    for (ChainedSeal seal : found) {
      sealsOf.computeIfAbsent(seal.seal().batch(), batch -> new ArrayList<>()).add(seal);
    }
    int next = 0;
    for (SealBatch batch : of) {
      int end = next;
      while (end < logged.size() && !logged.get(end).cursor().isAfter(batch.last())) {
        end++;
      }
      inspect(batch, sealsOf.getOrDefault(batch.number(), List.of()), logged.subList(next, end));
      next = end;
      before = batch;
      batches++;
    }
  }

  private void inspect(SealBatch batch, List<ChainedSeal> present, List<DigestedEvent> logged) {
    boolean whole = follows(batch) & isWhole(batch, present);
    Map<Integer, List<DigestedEvent>> byRealm = new HashMap<>();
    for (DigestedEvent event : logged) {
      byRealm.computeIfAbsent(event.realmId(), id -> new ArrayList<>()).add(event);
    }
    for (ChainedSeal seal : present) {
      if (realmId == null || realmId == seal.seal().realmId()) {
        List<DigestedEvent> own = byRealm.remove(seal.seal().realmId());
        inspect(batch, seal, own == null ? List.of() : own, whole);
      }
    }
    if (whole && batch.day() >= droppedBefore) {
      byRealm.values().forEach(events -> inserted(batch.number(), 0, events.get(0)));
    }
  }

  /** Whether nothing is missing between the batch before and this one. */
  private boolean follows(SealBatch batch) {
    long expected = (before == null ? after : before.number()) + 1;
    if (before == null && after > 0) {
      found(batchMissing(after));
      return false;
    }
    if (batch.number() != expected) {
      found(batchMissing(expected));
      return false;
    }
    return true;
  }

  /** Whether the batch has all of its seals, and is as it was made. */
  private boolean isWhole(SealBatch batch, List<ChainedSeal> present) {
    if (!chain.isAuthentic(batch)) {
      found(batchAltered(batch.number()));
      return false;
    }
    SealBatch previous = before;
    boolean linked = previous != null ? previous.number() == batch.number() - 1 : after == 0;
    String hash = previous == null ? SealChain.NOTHING_BEFORE : previous.hash();
    List<Seal> seals = present.stream().map(ChainedSeal::seal).toList();
    if (!linked || SealChain.covers(batch, hash, seals)) {
      return true;
    }
    if (seals.stream().mapToLong(Seal::events).sum() < batch.events()) {
      found(
          Finding.ofBatch(
              Kind.SEAL_REMOVED, batch.number(), "A seal of batch " + batch.number() + " is gone"));
    } else if (present.stream().allMatch(this::isAuthentic)) {
      found(batchAltered(batch.number()));
    }
    return false;
  }

  private boolean isAuthentic(ChainedSeal chained) {
    String previous = previous(chained);
    return previous != null && chain.isAuthentic(chained.seal(), previous);
  }

  private static @Nullable String previous(ChainedSeal chained) {
    return chained.seal().number() == 1 ? SealChain.NOTHING_BEFORE : chained.previous();
  }

  private void inspect(
      SealBatch batch, ChainedSeal chained, List<DigestedEvent> logged, boolean whole) {
    seals++;
    Seal seal = chained.seal();
    String previous = previous(chained);
    if (previous == null) {
      found(
          ofSeal(
              Kind.SEAL_REMOVED,
              seal,
              seal.number() - 1,
              "Seal " + (seal.number() - 1) + " is gone"));
      return;
    }
    if (!chain.isAuthentic(seal, previous)) {
      found(
          ofSeal(
              Kind.SEAL_ALTERED,
              seal,
              seal.number(),
              "Seal "
                  + seal.number()
                  + " is not as this installation made it, or was not made by"
                  + " it"));
      return;
    }
    if (batch.day() < droppedBefore) {
      dropped += seal.events();
      return;
    }
    List<DigestedEvent> covered =
        whole
            ? logged
            : logged.stream().filter(event -> !seal.first().isAfter(event.cursor())).toList();
    if (SealChain.covers(seal, previous, covered)) {
      events += seal.events();
    } else {
      compare(seal, covered);
    }
  }

  private static Finding ofSeal(Kind kind, Seal seal, long number, String message) {
    return new Finding(kind, seal.realmId(), seal.batch(), number, null, 0, message);
  }

  /** Finds out, by the marks, which events are not as they were sealed. */
  private void compare(Seal seal, List<DigestedEvent> logged) {
    int before = findings.size();
    long[] marks = new long[seal.marks().length() / Seal.MARK_BYTES];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = seal.marks().getLong(i * Seal.MARK_BYTES);
    }
    Map<Long, Integer> marked = new HashMap<>();
    Map<Long, Integer> found = new HashMap<>();
    for (int i = 0; i < marks.length; i++) {
      marked.put(marks[i], i);
    }
    for (int i = 0; i < logged.size(); i++) {
      found.put(mark(logged.get(i)), i);
    }
    int event = 0;
    int mark = 0;
    while (event < logged.size() || mark < marks.length) {
      if (mark == marks.length) {
        inserted(seal.batch(), seal.number(), logged.get(event++));
      } else if (event == logged.size()) {
        removed(seal, event == 0 ? null : logged.get(event - 1), mark++);
      } else if (mark(logged.get(event)) == marks[mark]) {
        events++;
        event++;
        mark++;
      } else if (marked.getOrDefault(mark(logged.get(event)), -1) > mark) {
        removed(seal, event == 0 ? null : logged.get(event - 1), mark++);
      } else if (found.getOrDefault(marks[mark], -1) > event) {
        inserted(seal.batch(), seal.number(), logged.get(event++));
      } else {
        altered(seal, logged.get(event++));
        mark++;
      }
    }
    if (findings.size() == before) {
      found(
          ofSeal(
              Kind.SEAL_ALTERED,
              seal,
              seal.number(),
              "What seal " + seal.number() + " marks its events with was altered"));
    }
  }

  private static long mark(DigestedEvent event) {
    return event.digest().getLong(0);
  }

  private void altered(Seal seal, DigestedEvent event) {
    found(
        ofEvent(
            Kind.EVENT_ALTERED,
            seal,
            event,
            event.type() + " is not as it was sealed by seal " + seal.number()));
  }

  private void removed(Seal seal, @Nullable DigestedEvent before, int position) {
    String message =
        "Event %d of the %d under seal %d is gone"
            .formatted(position + 1, seal.events(), seal.number());
    found(
        before == null
            ? new Finding(
                Kind.EVENT_REMOVED,
                seal.realmId(),
                seal.batch(),
                seal.number(),
                position == 0 ? seal.first().text() : null,
                0,
                message)
            : ofEvent(Kind.EVENT_REMOVED, seal, before, message + ", after this one"));
  }

  private void inserted(long batch, long seal, DigestedEvent event) {
    found(
        new Finding(
            Kind.EVENT_INSERTED,
            event.realmId(),
            batch,
            seal,
            event.cursor().text(),
            event.at(),
            event.type() + " was put in after the log had been sealed"));
  }

  private static Finding ofEvent(Kind kind, Seal seal, DigestedEvent event, String message) {
    return new Finding(
        kind,
        seal.realmId(),
        seal.batch(),
        seal.number(),
        event.cursor().text(),
        event.at(),
        message);
  }
}
