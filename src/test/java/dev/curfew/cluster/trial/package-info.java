/**
 * A cluster of real processes under fire, and the proof that it held. {@link
 * dev.curfew.cluster.trial.Load Clients} open sessions on all nodes, report, extend, revoke and
 * stop them, and work on their recordings, while nodes are killed, stopped, restarted and cut off,
 * and while the database goes away. Every request and what came of it goes into one {@link
 * dev.curfew.cluster.trial.SessionHistory}, beside what triggers of the database noted of every
 * session and what the event log tells. The {@link dev.curfew.cluster.trial.SessionChecker} knows
 * nothing of how sessions work inside: it works out from these alone whether every rule was kept.
 * For the claims, {@link dev.curfew.claim.history.HistoryChecker} does the same.
 *
 * <p>All times are epoch microseconds of the machine's clock, which the database reads, too: the
 * tests, the nodes and the database share one machine. A node whose clock is wrong is told lies by
 * a library; what it says of times is held against this clock all the same.
 */
@NullMarked
package dev.curfew.cluster.trial;

import org.jspecify.annotations.NullMarked;
