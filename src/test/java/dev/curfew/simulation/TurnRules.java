package dev.curfew.simulation;

import dev.curfew.session.Batch;
import dev.curfew.session.EventType;
import dev.curfew.session.RealmThresholds;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Nothing is late and nothing is lost: after a turn in which a shard could decide everything, and
 * sent all that it decided, no deadline or warning that has come is left, and the shard will be
 * woken in time for the next.
 */
final class TurnRules {
  /** How long a session may stand in ENDING before its effects are undone once more. */
  private static final long UNDO_RETRY = 5_000;

  private final World world;
  private final Rules rules;

  TurnRules(World world, Rules rules) {
    this.world = world;
    this.rules = rules;
  }

  /**
   * @param now the time by which the shard decided
   * @param sent all that it decided and the database has not answered
   */
  void turned(ShardDriver driver, long now, @Nullable Batch sent) {
    if (!rules.isOwner(driver)) {
      return;
    }
    Map<UUID, SessionRecord> held = held(driver, sent);
    BrokenRule.unless(
        driver.kernel.size() == held.size(),
        3,
        "%s holds %d sessions, not %s",
        driver,
        driver.kernel.size(),
        held.keySet());
    Set<UUID> startedNow = new HashSet<>();
    if (sent == null) {
      rules.nothingIsOpen(driver);
    } else {
      for (SessionEvent event : sent.events()) {
        if (event.type() == EventType.SESSION_STARTED) {
          startedNow.add(event.sessionId());
        }
      }
    }
    long next = Long.MAX_VALUE;
    for (SessionRecord row : held.values()) {
      if (world.store.wasPoisoned(row.id())) {
        // Waits for its next attempt; that it ends is seen at the end.
        continue;
      }
      if (row.state().live()) {
        next = Math.min(next, notPast(driver, row, startedNow.contains(row.id()), now));
      } else if (row.state() == SessionState.ENDING && world.store.row(row.id()) == row) {
        next = Math.min(next, now + UNDO_RETRY);
      }
    }
    BrokenRule.unless(
        driver.kernel.nextDeadline() <= next,
        3,
        "%s sleeps until %d, but %d comes first",
        driver,
        driver.kernel.nextDeadline(),
        next);
  }

  /** What memory must hold: what the database does, and what is on its way there. */
  private Map<UUID, SessionRecord> held(ShardDriver driver, @Nullable Batch sent) {
    Map<UUID, SessionRecord> held = new LinkedHashMap<>(world.store.notEnded(driver.shard));
    held.keySet().removeIf(driver::reads);
    if (sent != null) {
      sent.changes().forEach(change -> held.put(change.after().id(), change.after()));
    }
    return held;
  }

  /** Checks that none of a live session's deadlines has come; returns the earliest. */
  private long notPast(ShardDriver driver, SessionRecord row, boolean startedNow, long now) {
    long expiry = row.expiresAt();
    long warning = nextWarning(driver, row);
    long idle = Long.MAX_VALUE;
    long liveness = Long.MAX_VALUE;
    if (row.state() == SessionState.ACTIVE) {
      Terms terms = row.terms();
      Story story = rules.story(row.id());
      Incumbency owner = driver.incumbency();
      long since =
          Math.max(
              Math.max(owner.lastInterruption(), owner.heard(row.id()).adopted),
              Math.max(row.startedAt(), startedNow ? now : story.inUseSince));
      if (terms.maxIdle() > 0) {
        idle = Math.max(since, story.latestAccess) + terms.maxIdle();
      }
      if (terms.staleAfter() > 0 && row.kind().ownedByProcess()) {
        liveness = Math.max(since, story.latestReport) + terms.staleAfter();
      }
    }
    notPast(driver, row, "expiry", expiry, 3, now);
    notPast(driver, row, "warning", warning, 5, now);
    notPast(driver, row, "idle", idle, 3, now);
    notPast(driver, row, "silence", liveness, 3, now);
    return Math.min(Math.min(expiry, warning), Math.min(idle, liveness));
  }

  private static void notPast(
      ShardDriver driver, SessionRecord row, String what, long deadline, int rule, long now) {
    BrokenRule.unless(
        deadline > now,
        rule,
        "%s missed the %s at %d of %s (%d)",
        driver,
        what,
        deadline,
        row,
        now);
  }

  private static long nextWarning(ShardDriver driver, SessionRecord row) {
    RealmThresholds added = driver.incumbency().knownNow();
    return LongStream.concat(
            Arrays.stream(row.terms().warnBefore().millis()),
            Arrays.stream(added.of(row.terms().realmId()).millis()))
        .filter(threshold -> threshold < row.warnedDownTo())
        .map(threshold -> Math.max(row.startedAt(), row.expiresAt() - threshold))
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
