package dev.curfew.cluster.trial;

import dev.curfew.claim.history.Span;
import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.session.SessionState;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of the sessions of a run.
 *
 * @param attempts of all clients
 * @param changes of the sessions' rows, in the order in which the database made them
 * @param events of the log, in its order
 * @param troubles that were made
 * @param terms under which sessions were opened, by the wish that opened them
 * @param over when the last was read
 */
record SessionHistory(
    List<Attempt> attempts,
    List<Change> changes,
    List<Event> events,
    List<Trouble> troubles,
    Map<String, Terms> terms,
    long over) {

  /**
   * A session as a statement left it.
   *
   * @param at when, before the statement was committed
   * @param wish the request that it was opened for
   * @param from null when the session is new
   * @param expiresAt epoch milliseconds
   */
  record Change(
      long sequence,
      UUID session,
      long at,
      String wish,
      @Nullable SessionState from,
      SessionState to,
      @Nullable EndReason reason,
      long expiresAt,
      int generation) {}

  /**
   * An event of a session.
   *
   * @param at when it was decided by the cluster's clock, epoch microseconds
   * @param expiresAt epoch milliseconds
   * @param thresholdSeconds of a warning; else 0
   * @param reason of an end; else null
   */
  record Event(
      UUID session,
      EventType type,
      long at,
      long expiresAt,
      int generation,
      long thresholdSeconds,
      @Nullable String reason) {}

  /**
   * Something was broken.
   *
   * @param span from when until when, the time included that the cluster may take to get over it
   * @param slowMicros how much later than ordinarily it may do what is due meanwhile; 0 when it
   *     need do nothing before the end
   */
  record Trouble(Span span, long slowMicros, String what) {}

  /**
   * What a session was promised.
   *
   * @param reported whether its gateway must report
   * @param staleAfterMillis the longest silence of its gateway
   * @param maxIdleMillis the longest time without activity; 0 for any
   * @param warnBeforeSeconds the thresholds, the smallest last
   */
  record Terms(
      boolean reported, long staleAfterMillis, long maxIdleMillis, List<Long> warnBeforeSeconds) {}
}
