/**
 * Where bytes are kept: a folder, a share (SMB 3), S3 or Azure Blob, all behind one {@link
 * dev.curfew.storage.ObjectStore}. What the objects mean is for others to know.
 *
 * <p>When things fail:
 *
 * <ul>
 *   <li>A store that cannot be reached, is full or answers with an error is {@code
 *       STORAGE_UNAVAILABLE}; every call may be repeated and changes nothing twice. How long and
 *       how often is the caller's to decide: no store gives up for good, none reports success for
 *       bytes that it cannot vouch for.
 *   <li>A writer that dies leaves the former object or none under the name. What it had sent is
 *       taken up again by the next call for the same object, where it can be proven to be the same
 *       bytes, or is overwritten.
 *   <li>Wrong credentials or a bucket that does not exist are found by {@link
 *       dev.curfew.storage.ObjectStore#check()}, at start and by {@code curfew storage check}.
 * </ul>
 */
@NullMarked
package dev.curfew.storage;

import org.jspecify.annotations.NullMarked;
