/**
 * What belongs to a realm, as immutable records: users, policies, keys, credentials and their
 * checkouts, resources and jump items, and sessions as they are shown. Pure values; times are epoch
 * milliseconds of the cluster clock, durations milliseconds, and 0 means "not yet" or "none".
 *
 * <p>Nothing here carries a secret, so everything may be logged.
 */
@NullMarked
package dev.curfew.realm;

import org.jspecify.annotations.NullMarked;
