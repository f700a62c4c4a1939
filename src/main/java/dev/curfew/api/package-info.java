/**
 * The HTTP side of a node. A dialect is a list of {@link dev.curfew.api.ApiRoute}s; each says which
 * path it answers, what the caller needs, what body it takes, and how it answers. {@link
 * dev.curfew.api.Frontend} does for every route what must never be forgotten: limits,
 * authentication, scope, decoding, and turning every failure into the dialect's own error. Dialects
 * reach the rest of the program only through the {@link dev.curfew.api.Gateway}.
 *
 * <p>What happens when things fail: a {@link dev.curfew.fault.CurfewException} is answered as its
 * category says, in the dialect's shape; anything else is logged with its stack and answered as an
 * internal error that tells nothing.
 */
@NullMarked
package dev.curfew.api;

import org.jspecify.annotations.NullMarked;
