package dev.curfew.store;

import dev.curfew.session.EventType;
import dev.curfew.session.SessionEvent;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;

/** What the log keeps of a session's event: the CloudEvents {@code data}, as JSON. */
final class EventData {
  private EventData() {}

  static String of(SessionEvent event) {
    JsonObject data =
        new JsonObject()
            .put("sessionId", event.sessionId().toString())
            .put("numericId", event.numericId())
            .put("userId", event.userId())
            .put("kind", event.kind().wireName())
            .put("expiresAt", Instant.ofEpochMilli(event.expiresAt()).toString())
            .put("generation", event.generation());
    if (event.from() != null) {
      data.put("from", event.from().wireName());
    }
    if (event.to() != null) {
      data.put("to", event.to().wireName());
    }
    if (event.reason() != null) {
      data.put("reason", event.reason().wireName());
    }
    if (event.deadline() > 0) {
      data.put("deadline", Instant.ofEpochMilli(event.deadline()).toString())
          .put("latenessMillis", event.at() - event.deadline());
    }
    if (event.type() == EventType.SESSION_EXPIRING) {
      long remaining = Math.max(0, event.expiresAt() - event.at());
      data.put("timeRemainingSeconds", remaining / 1000)
          .put("thresholdSeconds", event.threshold() / 1000)
          .put("message", expiring(remaining));
    }
    data.put(
        "by",
        new JsonObject()
            .put("kind", event.by().kind().wireName())
            .put("userId", event.by().userId())
            .put("name", event.by().name()));
    if (event.remark() != null) {
      data.put("remark", event.remark());
    }
    return data.encode();
  }

  /**
   * The sentence of the session-expiration contract, with the true time left: minutes rounded to
   * the nearest, seconds under one minute.
   */
  static String expiring(long remainingMillis) {
    return String.format(
        Locale.ROOT,
        "Your session will expire in %s. Please save your work or request an extension if"
            + " applicable.",
        inWords(remainingMillis));
  }

  private static String inWords(long remainingMillis) {
    long seconds = Math.round(remainingMillis / 1000.0);
    if (seconds < 60) {
      return seconds == 1 ? "1 second" : seconds + " seconds";
    }
    long minutes = Math.round(seconds / 60.0);
    return minutes == 1 ? "1 minute" : minutes + " minutes";
  }
}
