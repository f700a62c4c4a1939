/**
 * Curfew's own administration under {@code /api/v1}: realms, users, policies, sessions of every
 * kind, credentials and checkouts, recordings, and the event log as a poll. One class for each kind
 * of object; errors in the access dialect's shape.
 */
@NullMarked
package dev.curfew.api.admin;

import org.jspecify.annotations.NullMarked;
