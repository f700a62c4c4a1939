package dev.curfew.signals;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a receiver says of a stream.
 *
 * @param eventsRequested types that it wants, known here or not; null for all that there are
 */
public record StreamSettings(
    StreamDelivery delivery,
    @Nullable List<String> eventsRequested,
    @Nullable String description) {}
