/**
 * Resource rules at their providers: what a session opens for its user's address, and what must be
 * gone when it is over. {@link dev.curfew.grant.Grants} applies and removes; a {@link
 * dev.curfew.grant.RuleProvider} knows how one kind of provider is asked. May use {@code store},
 * {@code outbound}, {@code realm}, {@code auth} and {@code bus}.
 *
 * <p>A rule is {@code PENDING -> APPLIED | FAILED}, then {@code REMOVING -> REMOVED}. The rows are
 * the truth: a call to a provider is claimed in the database before it is made, for a bounded time,
 * and its result counts only if nobody has claimed the rule since. A rule that a provider was ever
 * asked to apply counts as holding there until the provider says that it does not, whatever became
 * of the asking. So nothing that dies in between leaves a rule behind: the session stays in ENDING
 * while any rule may hold, its shard asks again every few seconds, here or on the node that takes
 * the shard over, and the watchdog finds what is left of sessions that no shard holds.
 *
 * <p>What happens when things fail: a rule that cannot be applied is FAILED, is not tried again,
 * and is removed at the end all the same; a removal that fails is tried again after 5 s, then after
 * pauses that double up to 5 minutes, without end. Both are told once in the log, as {@code
 * dev.curfew.grant.failed}. A provider that hangs holds up its own rules only: every target has a
 * few calls under way at a time, and each has 15 s.
 *
 * <p>An extension of a session is not told to providers: a rule has no end of its own there, since
 * Curfew removes it. The {@code expiresAt} that a webhook is told is what was known when it was
 * called.
 */
@NullMarked
package dev.curfew.grant;

import org.jspecify.annotations.NullMarked;
