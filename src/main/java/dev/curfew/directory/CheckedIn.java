package dev.curfew.directory;

import dev.curfew.realm.Checkout;

/**
 * What became of a check-in.
 *
 * @param checkout closed by now
 * @param sessionEnded whether it was this check-in that ended the session
 */
public record CheckedIn(Checkout checkout, boolean sessionEnded) {}
