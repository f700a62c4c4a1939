package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Checkout;
import io.vertx.core.Future;

/** Credentials lent for a time, each with its PSM session. */
public final class Checkouts {
  /**
   * Opens the checkout together with its session.
   *
   * @return fails as {@link SessionOpenings#open} does, and with NOT_FOUND for an unknown
   *     credential
   */
  public Future<Checkout> open(Principal by, NewCheckout wanted) {
    return NotYet.here();
  }

  /** For its user, administrators, auditors, and gateways of the realm. */
  public Future<Checkout> get(Principal by, long id) {
    return NotYet.here();
  }

  /**
   * Ends the checkout's session and closes it. Doing it again changes nothing.
   *
   * @return the checkout as it is after that
   */
  public Future<Checkout> checkin(Principal by, long id) {
    return NotYet.here();
  }

  /** Whole minutes until its session's deadline, rounded down; 0 once it is over. */
  public Future<Long> remainingMinutes(Principal by, long id) {
    return NotYet.here();
  }

  /**
   * A checkout's id from its text.
   *
   * @throws CurfewException INVALID_FIELD when it cannot be one
   */
  public static long id(String field, String text) {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw CurfewException.invalid(field, "must be the id of a checkout");
    }
    return Long.parseLong(text);
  }
}
