/**
 * Who is asking, and what they may do. Every kind of credential becomes one {@link
 * dev.curfew.auth.Principal}; every question of permission is answered by {@link
 * dev.curfew.auth.Authorisation}.
 *
 * <p>Without a valid credential nothing is looked up. With one, another realm's objects do not
 * exist, another user's are forbidden.
 *
 * <p>API keys and tokens have enough entropy of their own and are kept as SHA-256; passwords as
 * Argon2id; what must be had in clear again is in the {@link dev.curfew.auth.SecretBox}. Where keys
 * are on record is not known here but asked of a {@link dev.curfew.auth.CredentialLookup}.
 *
 * <p>What happens when things fail: while the record of keys cannot be read, a key that was seen
 * lately is believed for some minutes more, a strange one is answered UNAVAILABLE. A revocation
 * that the bus loses takes effect within half a minute all the same.
 */
@NullMarked
package dev.curfew.auth;

import org.jspecify.annotations.NullMarked;
