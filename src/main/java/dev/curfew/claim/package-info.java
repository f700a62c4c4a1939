/**
 * Hands recordings to workers. All requests that wait on a node are folded into one or two
 * statements at a time for each kind of work: many claimers with a statement each would only stand
 * in each other's way.
 *
 * <p>A request that finds nothing is parked until its wait is over. It is woken by the word that a
 * recording is ready and, since that word may be lost, by a sweep.
 *
 * <p>A node that hands out none itself asks one that does: {@link dev.curfew.claim.RemoteClaims}
 * puts claims without a wait over the bus, and {@link dev.curfew.claim.ClaimsForOthers} answers
 * them there. The waiting stays with the node that was asked.
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>The database does not answer: a request that does not wait fails; one that does is tried
 *       again by the sweep until its wait is over.
 *   <li>The answer to the statement is lost after its commit: the rows belong to the instance that
 *       never heard of them, until their lease has run out and the watchdog puts them back.
 *   <li>The answer of another node does not come in time: the claim is withdrawn there, and what it
 *       was granted is given back. When the withdrawal is not confirmed either, the request fails
 *       rather than be put to somebody else, and the rows come back with their lease.
 *   <li>No node hands out claims: a request fails as UNAVAILABLE at the end of its wait.
 *   <li>Whoever asked has gone: it gets nothing, and what it was granted is given back.
 * </ul>
 */
@NullMarked
package dev.curfew.claim;

import org.jspecify.annotations.NullMarked;
