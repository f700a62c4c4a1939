package dev.curfew.signals;

import dev.curfew.auth.Principal;
import dev.curfew.directory.FieldRules;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Verification events (Shared Signals Framework 1.0, section 8.1.4): a receiver asks for one to see
 * that what is sent over a stream arrives.
 */
public final class Verifications {
  static final String TYPE = "https://schemas.openid.net/secevent/ssf/event-type/verification";

  private static final int LONGEST_STATE = 4_096;

  private final Streams streams;
  private final Duration interval;

  /**
   * @param interval least time between two of a stream
   */
  Verifications(Streams streams, Duration interval) {
    this.streams = streams;
    this.interval = interval;
  }

  /** Least time between two of a stream. */
  public Duration interval() {
    return interval;
  }

  /**
   * Queues one.
   *
   * @param state that it brings back to the receiver; null for none
   * @return fails with NOT_FOUND, INVALID_FIELD, RATE_LIMITED
   */
  public Future<Void> request(Principal by, UUID streamId, @Nullable String state) {
    String echoed = FieldRules.optionalText("state", state, LONGEST_STATE);
    JsonObject event = new JsonObject();
    if (echoed != null) {
      event.put("state", echoed);
    }
    return streams.verify(by, streamId, interval, "ver_" + UUID.randomUUID(), TYPE, event.encode());
  }
}
