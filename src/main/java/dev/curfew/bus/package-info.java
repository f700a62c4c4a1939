/**
 * How the parts of a node, and the nodes of a cluster, speak to each other.
 *
 * <p>{@link dev.curfew.bus.Routes} is the catalogue of every address in use; no other string
 * address exists. Messages are immutable records with a registered {@link
 * dev.curfew.bus.WireFormat}: inside one process the same instance is handed over, between
 * processes a versioned binary form travels.
 *
 * <p>The bus is best effort. What is published says only "look again": whoever must not miss it
 * also looks on a schedule.
 */
@NullMarked
package dev.curfew.bus;

import org.jspecify.annotations.NullMarked;
