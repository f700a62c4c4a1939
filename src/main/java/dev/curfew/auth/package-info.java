/**
 * Who is asking, and what they may do. Every kind of credential becomes one {@link
 * dev.curfew.auth.Principal}; every question of permission is answered by {@link
 * dev.curfew.auth.Authorisation}.
 *
 * <p>Without a valid credential nothing is looked up. With one, another realm's objects do not
 * exist, another user's are forbidden.
 */
@NullMarked
package dev.curfew.auth;

import org.jspecify.annotations.NullMarked;
