/**
 * The shards of this node: each a verticle that drives one {@link dev.curfew.kernel.ShardKernel} on
 * its event loop, and the router that finds the shard of a session.
 *
 * <p>A shard takes its epoch, loads its live rows, then serves. What happens when things fail:
 *
 * <ul>
 *   <li>The database does not answer: the shard is suspended, hears heartbeats, and sends its batch
 *       again until there is an answer. Commands that need the database wait up to the request
 *       timeout and are then answered UNAVAILABLE; a command that was not decided by then never is.
 *   <li>Another node took the shard: the verticle stops serving; whatever it had not committed did
 *       not happen.
 *   <li>Undoing a session's effects fails: the session stays in ENDING and it is tried again.
 * </ul>
 */
@NullMarked
package dev.curfew.shard;

import org.jspecify.annotations.NullMarked;
