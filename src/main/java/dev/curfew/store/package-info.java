/**
 * All SQL of the program, one class for each domain, the statements as text beside the mapping of
 * their rows. PostgreSQL 15 to 18; migrations are in {@code db/migration}.
 *
 * <p>What happens when things fail: a statement that gets no answer fails its future with {@link
 * dev.curfew.fault.CurfewException} UNAVAILABLE, one that the server refuses for its content with
 * INTERNAL, one that a unique constraint refuses with ALREADY_EXISTS where the caller can name it.
 * Nothing is retried here, since only the caller knows what may be repeated.
 */
@NullMarked
package dev.curfew.store;

import org.jspecify.annotations.NullMarked;
