/**
 * Realms and what belongs to them, as services over the store: users, policies, keys, credentials
 * and checkouts, resources, and the opening, changing and reading of sessions. The HTTP dialects
 * are written on top of these and know nothing of the store.
 *
 * <p>A service checks realm, role and ownership through {@link dev.curfew.auth.Authorisation}; the
 * scopes of the credential were checked at the route. Failures are {@link
 * dev.curfew.fault.CurfewException}s: INVALID_FIELD names the field as the JSON bodies do, another
 * realm's object is NOT_FOUND, a name in use ALREADY_EXISTS, and UNAVAILABLE means that the
 * database or the session's shard does not answer, in which case the same call may be repeated.
 * What can be refused without asking anybody is thrown at once, the rest fails the future; inside
 * {@code compose} both are the same.
 *
 * <p>What an administrator changes is committed together with its event in the log; nothing secret
 * is ever part of an event, a message or a {@code toString}.
 */
@NullMarked
package dev.curfew.directory;

import org.jspecify.annotations.NullMarked;
