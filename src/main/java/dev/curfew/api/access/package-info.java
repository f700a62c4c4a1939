/**
 * The access dialect: a user opens, extends and stops network access from their address, under
 * {@code /api/v1/sessions}; programs get their keys under {@code /api/v1/api-keys}.
 */
@NullMarked
package dev.curfew.api.access;

import org.jspecify.annotations.NullMarked;
