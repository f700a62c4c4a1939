/**
 * Proof that the event log is what it was: seals, and what checks them.
 *
 * <p>The {@link dev.curfew.audit.Sealer} of one node goes through the log behind the writers and
 * seals it in batches. A seal is a hash over the one before and over every column of its events, so
 * that nothing under it can be altered, removed or put in without all later seals being altered,
 * too; each carries an authenticator under a key that the database does not have, so that nobody
 * who can only write there can make new ones. There is one chain for each realm, and one over all
 * of them, whose links are the batches. {@link dev.curfew.audit.SealChain} says what is hashed.
 *
 * <p>What the seals cannot tell: whether what was written in the first place was true; and that the
 * newest part is missing, if whoever cut it off cut off the seals with it. Against that, note the
 * head that a verification prints and have a later one expect it.
 *
 * <p>Retention drops whole days. Before it does, everything of them is sealed, and the {@link
 * dev.curfew.audit.Retention} says with an authenticator of its own up to which day events may be
 * missing; their seals stay, and the chain is verified through them.
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>The sealer dies between two batches, or in one: a batch is written by one statement, and
 *       the next sealer goes on after the last one that was.
 *   <li>Two seal at once: both write the same number, one of them in vain.
 *   <li>A transaction stays open for long: nothing after it is sealed before it is over, just as
 *       nothing after it is read.
 *   <li>Nothing is sealed for whatever reason: the log goes on, and no day of it is dropped.
 * </ul>
 */
@NullMarked
package dev.curfew.audit;

import org.jspecify.annotations.NullMarked;
