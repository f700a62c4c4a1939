package dev.curfew.kernel;

import dev.curfew.session.RealmThresholds;
import dev.curfew.session.Terms;
import dev.curfew.session.Thresholds;

/**
 * The terms of a session, and the thresholds that it is warned at: its own and its realm's.
 * Sessions that have both in common share one instance.
 *
 * @param thresholds holds the smallest threshold told in this generation, too, if there is one and
 *     nobody asks for it any more: a session remembers it by its place among these
 */
record ArmedTerms(Terms terms, Thresholds thresholds) {
  static ArmedTerms of(Terms terms, RealmThresholds added, long warnedDownTo) {
    Thresholds wanted = terms.warnBefore().and(added.of(terms.realmId()));
    boolean told = warnedDownTo != Long.MAX_VALUE;
    return new ArmedTerms(terms, told ? wanted.and(Thresholds.of(warnedDownTo)) : wanted);
  }
}
