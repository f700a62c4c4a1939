/**
 * Events for other systems: webhook subscriptions and their deliveries. {@link
 * dev.curfew.api.events.EventsDialect} lists the calls.
 *
 * <p>Failures have the access dialect's shape.
 */
@NullMarked
package dev.curfew.api.events;

import org.jspecify.annotations.NullMarked;
