package dev.curfew.cluster;

import java.time.Duration;

/**
 * Whether a member may believe what it has in memory of its shards, without asking the database.
 *
 * <p>It may for a while after each beat that was answered, counted from when that was sent: others
 * take its shards only after a longer silence. When beats are not answered it may as long as all
 * who could take its shards have been in touch ever since, and none has said that shards have
 * moved: then the database is away for them too. A member that last knew of no other believes
 * itself so long as the database is away. After a pause of the process none may before the next
 * answer.
 *
 * <p>What is taken in the very moment of an answer is found out with the next beat, or sooner by
 * the notice of whoever took it; no decision can be committed in between.
 *
 * <p>Told on one thread, asked on any. Times are monotonic, nanoseconds.
 */
final class Certainty {
  private final long confirmation;
  private final long pause;

  private volatile long confirmedAt;
  private volatile long wokeAt;
  private volatile long tickedAt;
  private volatile boolean answering;

  /** When there last was a sign that shards could have moved, or somebody was out of touch. */
  private volatile long doubtedAt;

  /**
   * @param confirmation how long an answered beat holds
   * @param pause a process that does nothing for so long has been stopped
   */
  Certainty(long now, Duration confirmation, Duration pause) {
    this.confirmation = confirmation.toNanos();
    this.pause = pause.toNanos();
    this.confirmedAt = now;
    this.wokeAt = now;
    this.tickedAt = now;
    this.doubtedAt = now;
  }

  /** A beat was answered. */
  void confirmed(long sentAt) {
    confirmedAt = sentAt;
    answering = true;
  }

  /** A beat was not answered. */
  void unanswered() {
    answering = false;
  }

  /** The process runs; to be told several times within a pause. */
  void ticked(long now) {
    if (now - tickedAt > pause) {
      wokeAt = now;
    }
    tickedAt = now;
  }

  /** Shards have moved, or somebody who could take them is not in touch. */
  void doubted(long now) {
    doubtedAt = now;
  }

  /** Cheap: asked for every heartbeat. */
  boolean holds(long now) {
    long confirmed = confirmedAt;
    if (now - tickedAt > pause || confirmed - wokeAt < 0) {
      return false;
    }
    return (answering && now - confirmed < confirmation) || confirmed - doubtedAt >= 0;
  }
}
