package dev.curfew.cluster.trial;

import dev.curfew.claim.history.Span;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One request of a client to one node, and what came of it. A request that is sent again is another
 * attempt.
 *
 * @param span from when it was sent until its answer was there, or it was given up
 * @param node the name of the node that was asked
 * @param session which session; of a start, the one that was opened, null when that is not known
 * @param wish the request that this is an attempt at: the same for an attempt and its retry, and
 *     the name under which a session that it opens is found
 * @param additionalMillis by how much an extension moves the deadline; else 0
 * @param status of HTTP; 0 when no answer came
 * @param told what an answer said of the session; null when it said nothing
 */
record Attempt(
    Span span,
    String node,
    Act act,
    @Nullable UUID session,
    String wish,
    long additionalMillis,
    Answer answer,
    int status,
    @Nullable Told told) {

  enum Act {
    START,
    HEARTBEAT,
    EXTEND,
    REVOKE,
    STOP
  }

  enum Answer {
    /** It is done. */
    ACKNOWLEDGED,
    /** It is not done, and will not be. */
    REFUSED,
    /** The node said that it could not say, or said nothing. */
    UNKNOWN,
    /** It never left: nobody took the connection. */
    NOT_SENT
  }

  /**
   * What an answer says of a session.
   *
   * @param live whether the user still has access
   * @param reason why not; null while it lives, and in answers to heartbeats
   * @param expiresAt epoch milliseconds; 0 in answers to heartbeats
   */
  record Told(boolean live, @Nullable String reason, long expiresAt) {}

  /** Whether the session may have been changed by it. */
  boolean mayHaveHappened() {
    return answer == Answer.ACKNOWLEDGED || answer == Answer.UNKNOWN;
  }
}
