/**
 * The timers of one shard: a {@link dev.curfew.timer.TimerWheel} with one timer for each slot.
 *
 * <p>Pure: only {@code java..}, no clock, no threads, no random. Time comes in as an argument, in
 * epoch milliseconds of the cluster's clock. A wheel belongs to one thread.
 *
 * <p>A timer is unarmed or armed. {@code schedule} arms it, or moves it if it is armed; {@code
 * cancel} and firing disarm it. A timer never fires before its millisecond and an armed timer is
 * never lost: {@code advance} to its deadline or later fires it, unless the call ran into its
 * limit, and then a following call does.
 *
 * <p>When things fail: a wheel does no input or output, so only a wrong call (a negative slot, a
 * limit below one, {@code advance} from inside {@code advance}) is refused, with an unchecked
 * exception and nothing changed. An exception thrown by a callback passes through {@code advance};
 * the timer it was called for has fired, all others stay armed and the wheel stays usable.
 */
@NullMarked
package dev.curfew.timer;

import org.jspecify.annotations.NullMarked;
