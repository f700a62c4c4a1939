/**
 * All SQL of the program, one class for each domain, the statements as text beside the mapping of
 * their rows. PostgreSQL 15 to 18; migrations are in {@code db/migration}.
 *
 * <p>What happens when things fail: a statement that the server refuses, or that gets no answer,
 * fails its future with {@link dev.curfew.fault.CurfewException} UNAVAILABLE; nothing is retried
 * here, since only the caller knows what may be repeated.
 */
@NullMarked
package dev.curfew.store;

import org.jspecify.annotations.NullMarked;
