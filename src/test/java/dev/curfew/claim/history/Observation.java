package dev.curfew.claim.history;

import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import java.util.List;

/** What somebody saw. */
public sealed interface Observation {
  Span span();

  /** What became of a request for recordings. */
  enum Ending {
    /** Whoever asked has the answer. */
    ANSWERED,
    /** It has none, and may have been granted something all the same. */
    LOST,
    /** Whoever asked went away; what it may have been granted goes back. */
    WITHDRAWN
  }

  /**
   * A worker asked a coordinator for recordings.
   *
   * @param granted empty unless it was answered
   */
  record Asked(
      Span span, String node, String instance, Work work, Ending ending, List<Claim> granted)
      implements Observation {}

  /** What a worker says under a claim. */
  enum Word {
    RENEW,
    WRITE,
    DONE,
    FAILED,
    HAND_BACK
  }

  /** What it hears. */
  enum Answer {
    ACCEPTED,
    /** It was so already. */
    REPEATED,
    REFUSED,
    /** None came. */
    UNKNOWN
  }

  record Spoke(Span span, Claim claim, Word word, Answer answer) implements Observation {}

  /** A node could not reach the database. */
  record Outage(Span span, String node) implements Observation {}
}
