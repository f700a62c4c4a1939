/**
 * Signals to other identity systems: a transmitter of the OpenID Shared Signals Framework 1.0,
 * which tells the end of every session as a Security Event Token (RFC 8417) with the event {@code
 * session-revoked} of CAEP 1.0. May use {@code delivery}, {@code directory}, {@code store}, {@code
 * outbound}, {@code realm}, {@code auth}, {@code bus}, {@code config}, {@code session} and {@code
 * fault}.
 *
 * <p>A stream is a lane of kind {@code set} of the queue for everything that is pushed. {@link
 * dev.curfew.signals.Streams} keeps what its receiver says of it, {@link
 * dev.curfew.signals.StreamSubjects} about whom it wants to hear; {@link
 * dev.curfew.signals.EventTokens} writes and signs a message when it leaves, {@link
 * dev.curfew.signals.PushChannel} takes it to the receiver (RFC 8935), {@link
 * dev.curfew.signals.PollDesk} hands it to one who asks (RFC 8936).
 *
 * <p>A stream is enabled, paused (what happens meanwhile waits in the event log and is sent later,
 * as long as the log keeps it) or disabled (what happens meanwhile, and what was waiting, is
 * dropped). Only its receiver changes that, except that a stream whose receiver's account has ended
 * is disabled when it next has something to send.
 *
 * <p>What happens when things fail: a receiver that cannot be reached, or answers anything but
 * success, is tried again on the queue's schedule, with what follows waiting behind; one that
 * refuses a token by RFC 8935 or 8936 has that token marked dead, with what it said, and gets the
 * next. A token is signed anew for each attempt, with the key whose time it is, so that it can be
 * verified by the keys that are published then; its {@code jti} and all its claims stay the same.
 */
@NullMarked
package dev.curfew.signals;

import org.jspecify.annotations.NullMarked;
