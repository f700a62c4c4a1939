/**
 * The transmitter's side of the OpenID Shared Signals Framework 1.0: its configuration document,
 * the management of streams, and the polling of tokens (RFC 8936). Receivers are known by the usual
 * credentials; the specification leaves the body of a refusal open, so it is that of Curfew's own
 * administration.
 */
@NullMarked
package dev.curfew.api.ssf;

import org.jspecify.annotations.NullMarked;
