/**
 * Finds what everything else missed, on a schedule: owners of recordings that have been silent for
 * their stage's limit, sessions past their deadline or stuck in their end, checkouts left open,
 * days of the event log to be added and dropped. One watchdog of the cluster is active, whichever
 * holds the seat; the others ask for it at every interval.
 *
 * <p>It decides nothing of its own: it writes by the same rules as the owners, and asks the shards
 * to look at their sessions again.
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>The database does not answer: nothing is swept. Time in which the engine could not have
 *       heard anybody is not silence, so after a start, a takeover of the seat or an outage every
 *       owner has the whole limit again.
 *   <li>The node itself stands still for a while: it counts as an outage.
 *   <li>The connection that holds the seat ends: another node takes it, and begins with the same
 *       grace. Two sweeps at once do no harm, since each write names what it was decided on.
 *   <li>One part of a sweep fails for another reason: the others are done all the same, and it is
 *       tried again at the next.
 * </ul>
 */
@NullMarked
package dev.curfew.watchdog;

import org.jspecify.annotations.NullMarked;
