/**
 * Who is asking, and what they may do. Every kind of credential becomes one {@link
 * dev.curfew.auth.Principal}; every question of permission is answered by {@link
 * dev.curfew.auth.Authorisation}.
 *
 * <p>Without a valid credential nothing is looked up. With one, another realm's objects do not
 * exist, another user's are forbidden.
 *
 * <p>A credential is an API key, a token of an account of a program, an access token of a login, or
 * a token of a configured OpenID Connect issuer. Signed tokens say only who somebody is; what they
 * may do is asked of the database when they are used, so that a change of roles, a logout and a
 * deletion hold at once. What was looked up is remembered for a short time by the {@link
 * dev.curfew.auth.CachedAuthenticator}, and forgotten when credentials change anywhere.
 *
 * <p>API keys and tokens have enough entropy of their own and are kept as SHA-256; passwords as
 * Argon2id; what must be had in clear again is in the {@link dev.curfew.auth.SecretBox}. Where
 * credentials are on record is not known here but asked of a {@link
 * dev.curfew.auth.CredentialLookup}.
 *
 * <p>What happens when things fail: while the record cannot be read, a credential that was seen
 * lately is believed for some minutes more, a strange one is answered UNAVAILABLE. While an issuer
 * is away, the keys that it published before remain good. A revocation that the bus loses takes
 * effect within half a minute all the same.
 */
@NullMarked
package dev.curfew.auth;

import org.jspecify.annotations.NullMarked;
