package dev.curfew.signals;

import dev.curfew.config.Secret;
import org.jspecify.annotations.Nullable;

/**
 * How the tokens of a stream reach its receiver.
 *
 * @param endpointUrl where they are pushed; null for a receiver that polls
 * @param authorization what is sent there as {@code Authorization}; null for nothing
 */
public record StreamDelivery(@Nullable String endpointUrl, @Nullable Secret authorization) {
  /** The receiver fetches them. */
  public static final StreamDelivery POLL = new StreamDelivery(null, null);
}
