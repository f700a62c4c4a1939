package dev.curfew.realm;

/**
 * How long the session tokens of a realm live, and how many a user may have: the realm's session
 * service. A change holds for sessions created from then on.
 *
 * @param maxSessionMinutes from the start to the hard deadline
 * @param maxIdleMinutes the longest time without activity
 * @param quotaLimit live sessions of one user; 0 for any number
 * @param maxCachingMinutes how long clients may believe what they were told of a session
 * @param revision another one with each change; empty where nothing is stored
 */
public record SessionServiceSettings(
    int maxSessionMinutes,
    int maxIdleMinutes,
    int quotaLimit,
    int maxCachingMinutes,
    QuotaAction quotaAction,
    String revision) {

  /** What holds for a realm that the service has not been added to. */
  public static final SessionServiceSettings DEFAULTS =
      of(120, 30, 0, 3, QuotaAction.DESTROY_NEXT_EXPIRING);

  /** Settings that are not stored yet. */
  public static SessionServiceSettings of(
      int maxSessionMinutes,
      int maxIdleMinutes,
      int quotaLimit,
      int maxCachingMinutes,
      QuotaAction quotaAction) {
    return new SessionServiceSettings(
        maxSessionMinutes, maxIdleMinutes, quotaLimit, maxCachingMinutes, quotaAction, "");
  }
}
