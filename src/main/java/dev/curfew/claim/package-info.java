/**
 * Hands recordings to workers. All requests that wait on a node are folded into one or two
 * statements at a time for each kind of work: many claimers with a statement each would only stand
 * in each other's way.
 *
 * <p>A request that finds nothing is parked until its wait is over. It is woken by the word that a
 * recording is ready and, since that word may be lost, by a sweep.
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>The database does not answer: a request that does not wait fails; one that does is tried
 *       again by the sweep until its wait is over.
 *   <li>The answer to the statement is lost after its commit: the rows belong to the instance that
 *       never heard of them, until their lease has run out and the watchdog puts them back.
 *   <li>Whoever asked has gone: it gets nothing, and what it was granted is given back.
 * </ul>
 */
@NullMarked
package dev.curfew.claim;

import org.jspecify.annotations.NullMarked;
