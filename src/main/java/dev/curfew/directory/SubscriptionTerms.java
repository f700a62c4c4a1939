package dev.curfew.directory;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a webhook subscription is to be sent, and where.
 *
 * @param types of events; null for every type
 * @param session null for every session
 * @param user in any of its forms; null for everybody
 * @param kinds of sessions; null for every kind, and for what is about no session
 * @param thresholds before the expiry at which it wants its warnings; null for all that there are
 */
public record SubscriptionTerms(
    String url,
    @Nullable String description,
    @Nullable List<String> types,
    @Nullable UUID session,
    @Nullable String user,
    @Nullable List<String> kinds,
    @Nullable List<Duration> thresholds) {
  public SubscriptionTerms {
    types = types == null ? null : List.copyOf(types);
    kinds = kinds == null ? null : List.copyOf(kinds);
    thresholds = thresholds == null ? null : List.copyOf(thresholds);
  }
}
