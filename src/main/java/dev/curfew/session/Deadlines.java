package dev.curfew.session;

/**
 * The deadlines of a session, as arithmetic. Each is the first millisecond at which the session may
 * be ended for that reason; {@link #NEVER} where the reason does not apply.
 *
 * <p>Silence counts only while the engine could have heard: {@code hearingSince} is when it last
 * began to listen (start, takeover, recovery of the database), and idle and liveness deadlines lie
 * at least one full period after it.
 */
public final class Deadlines {
  public static final long NEVER = Long.MAX_VALUE;

  private Deadlines() {}

  /** When user inactivity ends the session. */
  public static long idle(Terms terms, long lastAccess, long hearingSince) {
    return terms.maxIdle() == 0 ? NEVER : Math.max(lastAccess, hearingSince) + terms.maxIdle();
  }

  /** When the silence of the owner process ends the session. */
  public static long liveness(Terms terms, long lastReported, long hearingSince) {
    return terms.staleAfter() == 0
        ? NEVER
        : Math.max(lastReported, hearingSince) + terms.staleAfter();
  }

  /**
   * When the next warning is due; {@link #NEVER} when all have been given. A threshold longer than
   * the session is past when access begins, and not before: what has not begun cannot run out.
   */
  public static long warning(
      Thresholds thresholds, long startedAt, long expiresAt, long warnedDownTo) {
    long threshold = thresholds.next(warnedDownTo);
    return threshold == 0 ? NEVER : Math.max(startedAt, expiresAt - threshold);
  }

  /**
   * Whether a session that started at {@code startedAt} may last until {@code expiresAt} under its
   * terms. Safe for any pair of values, however far apart.
   */
  public static boolean allows(Terms terms, long startedAt, long expiresAt) {
    try {
      return Math.subtractExact(expiresAt, startedAt) <= terms.maxDuration();
    } catch (ArithmeticException overflow) {
      return false;
    }
  }
}
