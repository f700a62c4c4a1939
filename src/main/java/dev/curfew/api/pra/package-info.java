/**
 * The PRA dialect under {@code /api/config/v1}: monitoring of session expiration, requests for jump
 * sessions with their answers, and jump policies. {@link dev.curfew.api.pra.PraDialect} lists the
 * calls; each class of calls translates one part.
 *
 * <p>Failures: invalid input is 422 with the fields at fault, what cannot be done to a request as
 * it stands is 400, everything else its usual status; the body always has a {@code message}. A
 * query parameter or body field that a call does not know is invalid input.
 */
@NullMarked
package dev.curfew.api.pra;

import org.jspecify.annotations.NullMarked;
