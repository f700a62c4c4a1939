package dev.curfew.realm;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stream of security events to another identity system.
 *
 * @param receiver whose it is, and the audience of its tokens: an account of a program, else a user
 * @param endpointUrl where tokens are pushed; null for a stream that is polled
 * @param eventsRequested as the receiver asked for them; null for all that there are
 * @param reason why it is not enabled, where somebody said so
 */
public record SignalStream(
    UUID id,
    int realmId,
    UUID receiver,
    @Nullable String endpointUrl,
    @Nullable List<String> eventsRequested,
    @Nullable String description,
    LaneState state,
    @Nullable String reason,
    long createdAt) {
  public SignalStream {
    eventsRequested = eventsRequested == null ? null : List.copyOf(eventsRequested);
  }

  /** Whether tokens are sent to the receiver, who otherwise fetches them. */
  public boolean pushed() {
    return endpointUrl != null;
  }
}
