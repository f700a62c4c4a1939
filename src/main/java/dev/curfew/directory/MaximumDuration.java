package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Tier;

/**
 * The longest that a session may last in all: what its policy and its realm's tier both allow.
 *
 * @param holder what sets the limit, as messages name it
 */
record MaximumDuration(long millis, String holder) {
  /**
   * @param policyMaximum 0 when the policy sets none
   */
  static MaximumDuration of(Tier tier, long policyMaximum, String policyName) {
    long tierMaximum = tier.maxDuration().toMillis();
    return policyMaximum == 0 || tierMaximum <= policyMaximum
        ? new MaximumDuration(tierMaximum, tier.displayName() + " tier")
        : new MaximumDuration(policyMaximum, "policy " + policyName);
  }

  /**
   * The refusal, in the words of the access dialect.
   *
   * @param what "Session" or "Extension"
   */
  CurfewException exceededBy(String what) {
    return CurfewException.of(
        ErrorCode.OVER_MAXIMUM_DURATION,
        what
            + " would exceed maximum session duration of "
            + DurationWords.of(millis)
            + " for "
            + holder);
  }
}
