/**
 * Everything that is pushed to a customer's address, through one durable queue.
 *
 * <p>A <b>lane</b> is an ordered stream of messages to one target, a <b>delivery</b> one message of
 * it. Most lanes are fed from the event log: {@link dev.curfew.store.LaneLeases#tend} moves the
 * lane's cursor and lays out what the lane wants as deliveries, in one statement, a bounded window
 * ahead; the log itself is the backlog. Others are given messages of their own ({@link
 * dev.curfew.store.LaneStore}). A lane is fed and driven by one node at a time, the holder of its
 * lease, whose every write names the lease's fence.
 *
 * <p>{@link dev.curfew.delivery.DeliveryEngine} holds the leases, {@link
 * dev.curfew.delivery.LaneDriver} sends the head of one lane after the other through the {@link
 * dev.curfew.delivery.Channel} of its kind, {@link dev.curfew.delivery.Ledger} commits the results,
 * {@link dev.curfew.delivery.RetrySchedule} says when to try again. May use {@code store}, {@code
 * alert} (for the form of events), {@code outbound}, {@code realm}, {@code auth}, {@code bus},
 * {@code config}, {@code session} and {@code fault}.
 *
 * <p>What happens when things fail: a target that fails is tried again on the schedule, with its
 * lane's other messages waiting behind, and no other lane; after the schedule the message is dead,
 * which is visible and can be undone. Results are committed in batches behind the sending, so a
 * node that dies, or loses a lease, leaves messages that its successor sends again: at least once,
 * and the first arrivals of messages are in order. When the database is away, what has been read is
 * sent until the lease runs out, then nothing.
 */
@NullMarked
package dev.curfew.delivery;

import org.jspecify.annotations.NullMarked;
