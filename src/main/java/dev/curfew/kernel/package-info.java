/**
 * The shard's rules, pure: a {@link dev.curfew.kernel.ShardKernel} turns commands, the passing of
 * time and the database's answers into decisions, batches to commit and replies. It has no thread,
 * no clock and no input or output of its own; whoever drives it (the shard verticle, or the
 * simulation) passes time in and carries its effects out.
 *
 * <p>How a decision becomes true: it is made on the session in memory at once, so that what follows
 * sees it, and joins the queued batch; one batch at a time is in flight to the database; its reply
 * leaves only when the batch has been committed. Reads of a session with an uncommitted decision
 * wait for that commit too, so nobody sees what may never be.
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>The answer to a commit is lost, or the database is away: the kernel is suspended. The batch
 *       keeps its sequence number and is sent again until there is a definite answer; the database
 *       applies a sequence number once, so a late first commit does no harm. While suspended
 *       nothing new is decided, no timer fires, and heartbeats are still heard. From the resumption
 *       on, silence counts anew.
 *   <li>The database says that the epoch is over: another node owns the shard. The kernel closes;
 *       whatever it had not committed never happened, save perhaps the batch in flight, whose first
 *       sending may have been committed without an answer.
 *   <li>The database refuses a batch for its content: the batch is split, so that one bad row
 *       cannot hold up the others; the row that is refused alone is dropped and read anew, and
 *       rests a while before it is tried again. Until it has been read, nobody is told that the
 *       session is not live; they are asked to try again.
 *   <li>The process stands still (a long collection, a suspended machine): the kernel was not
 *       called for a while although it asked to be. From then on, silence counts anew.
 * </ul>
 */
@NullMarked
package dev.curfew.kernel;

import org.jspecify.annotations.NullMarked;
