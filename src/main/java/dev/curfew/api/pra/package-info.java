/** The PRA dialect: monitoring of session expiration, under {@code /api/config/v1}. */
@NullMarked
package dev.curfew.api.pra;

import org.jspecify.annotations.NullMarked;
