/**
 * Claims under fire, on a real database, and the proof that they held. {@link
 * dev.curfew.claim.history.Worker workers} of two nodes claim, write, renew and report while they
 * are killed and paused, while their names are used again, answers are lost and the database goes
 * away. Everything that anybody saw goes into one {@link dev.curfew.claim.history.History}, beside
 * the {@link dev.curfew.claim.history.Journal} that triggers keep in the database and the event
 * log. The {@link dev.curfew.claim.history.HistoryChecker} knows nothing of how claims work: it
 * works out from these alone whether every rule was kept.
 *
 * <p>All times are epoch microseconds of the machine's clock, which the database reads, too.
 */
@NullMarked
package dev.curfew.claim.history;

import org.jspecify.annotations.NullMarked;
