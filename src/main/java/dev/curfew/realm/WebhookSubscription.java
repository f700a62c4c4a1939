package dev.curfew.realm;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A customer's own endpoint and what it is sent. Without its secrets.
 *
 * @param lane its messages; the id of the subscription is the lane's
 * @param user who alone is meant where the filter names somebody; null for everybody
 * @param createdAt epoch milliseconds
 * @param previousUntil until when the secret before signs beside the one now, in epoch
 *     milliseconds; 0 when it does not
 */
public record WebhookSubscription(
    Lane lane,
    String realm,
    String url,
    @Nullable String description,
    @Nullable UUID user,
    UserReference createdBy,
    long createdAt,
    long previousUntil) {

  public UUID id() {
    return lane.id();
  }

  /** Where a subscription's secrets lie, as it is bound into their encryption. */
  public static String secretPlace(UUID id) {
    return "webhook/" + id;
  }
}
