/**
 * The encoder on a machine of its own: the same work as a node's encoder, claimed and delivered
 * over the node's public API. It needs neither database nor cluster, only the node's address and an
 * API key with the scope {@code recording:encode}.
 *
 * <p>{@link dev.curfew.worker.RemoteEncoder} is the whole of it. The loop and the work are those of
 * {@link dev.curfew.recording}; what differs is the {@link dev.curfew.recording.EncodingSite},
 * whose calls go over a {@link dev.curfew.worker.NodeLink}.
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>The node cannot be reached, is overloaded or answers 5xx: whatever was asked is asked
 *       again, with growing pauses and no sooner than {@code Retry-After} says. The work goes on
 *       meanwhile; whether the claim still holds is what the node says once it answers.
 *   <li>The claim is lost (409): the work stops at once and the next recording is claimed.
 *   <li>A chunk cannot be had now: it is asked for until it can. A chunk that the node says is
 *       missing (404), or whose content does not match the manifest, is damage and reported as
 *       such.
 *   <li>The key is not accepted (401, 403): the encoder ends with that message.
 *   <li>The encoder is told to stop: it gives its claim back, and the attempt does not count. Where
 *       it is killed, the lease runs out and the node's watchdog puts the recording back.
 * </ul>
 */
@NullMarked
package dev.curfew.worker;

import org.jspecify.annotations.NullMarked;
