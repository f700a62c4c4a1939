package dev.curfew.cluster;

import dev.curfew.store.Member;
import dev.curfew.store.MemberStore.Sighting;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which members are alive, as one of them judges from what it reads again and again.
 *
 * <p>A member is dead when it has been silent for too long, as measured by the reader's own
 * monotonic clock: what its row says of the time is only looked at to see whether it is another
 * than before. Sooner it is dead when it is neither in touch nor connected to the database: then
 * its process has ended. Whoever is dead stays so until its row says otherwise; no member ever
 * thinks itself dead.
 *
 * <p>A reader that could not read for a while cannot tell others' silence from its own, and counts
 * anew. How long such a gap is follows from the limit: all members go through the same database,
 * and of two that are answered no less often than every half of the limit neither finds the other
 * silent.
 */
final class Vitals {
  private final UUID self;
  private final long limit;

  /** What was last read of a member, by its id. */
  private Map<UUID, Sign> signs = Map.of();

  private boolean reading;
  private long readAt;

  /** When this reader began to read, at first or after a gap. */
  private long resumedAt;

  /** Whether it has read without a gap ever since it joined. */
  private boolean fresh = true;

  /**
   * @param seenAt as the row says
   * @param heardAt when the row was first read to say so, or the reader's gap was over, if that was
   *     later; monotonic, nanoseconds
   */
  private record Sign(long seenAt, long heardAt, boolean dead) {}

  /**
   * @param limit how long a member may be silent
   */
  Vitals(UUID self, Duration limit) {
    this.self = self;
    this.limit = limit.toNanos();
  }

  /**
   * Judges from what has just been read.
   *
   * @param now monotonic, nanoseconds
   * @param rows all members', the reader's own among them
   * @param inTouch with whom the reader was in touch when it read
   * @return the members that are alive
   */
  Map<UUID, Member> read(long now, Collection<Sighting> rows, Set<UUID> inTouch) {
    boolean resumed = !reading || now - readAt > limit / 2;
    if (resumed) {
      resumedAt = now;
      fresh = !reading;
    }
    reading = true;
    readAt = now;
    long databaseTime = databaseTime(rows);
    Map<UUID, Sign> next = new HashMap<>();
    Map<UUID, Member> live = new HashMap<>();
    for (Sighting row : rows) {
      Member member = row.member();
      Sign sign = heard(signs.get(member.id()), member.seenAt(), now, resumed);
      boolean gone = !row.connected() && !inTouch.contains(member.id());
      boolean dead =
          !member.id().equals(self)
              && (sign.dead
                  || now - sign.heardAt > limit
                  || (gone && isTelling(now, databaseTime - member.seenAt())));
      next.put(member.id(), new Sign(sign.seenAt, sign.heardAt, dead));
      if (!dead) {
        live.put(member.id(), member);
      }
    }
    signs = next;
    return live;
  }

  private static Sign heard(@Nullable Sign before, long seenAt, long now, boolean resumed) {
    if (before == null || before.seenAt != seenAt) {
      return new Sign(seenAt, now, false);
    }
    return resumed ? new Sign(seenAt, now, before.dead) : before;
  }

  /**
   * Whether it says anything that a member is neither in touch nor connected. After a gap of the
   * reader's own it does not: the others may have had it too and not be back yet. To a reader that
   * has just joined it does, if the row is old besides: its member ended before.
   *
   * @param age of the row by the database's clock, milliseconds
   */
  private boolean isTelling(long now, long age) {
    return now - resumedAt > limit || (fresh && age * 1_000_000 > limit);
  }

  /** The reader has just written its own row. */
  private long databaseTime(Collection<Sighting> rows) {
    for (Sighting row : rows) {
      if (row.member().id().equals(self)) {
        return row.member().seenAt();
      }
    }
    throw new IllegalArgumentException("without the reader's own row");
  }
}
