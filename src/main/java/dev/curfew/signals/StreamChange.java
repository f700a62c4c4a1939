package dev.curfew.signals;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Some of what a receiver says of a stream; what is null stays as it is. */
public record StreamChange(
    @Nullable StreamDelivery delivery,
    @Nullable List<String> eventsRequested,
    @Nullable String description) {}
