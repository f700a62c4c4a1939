package dev.curfew.alert;

import dev.curfew.store.LoggedEvent;
import io.vertx.core.json.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as every channel sends it: CloudEvents 1.0, structured JSON. The text is made once,
 * however many receive it.
 */
public final class EventEnvelope {
  private final LoggedEvent event;

  /** Made by whoever needs it first; two may make it at the same time, and make the same. */
  private volatile String text = "";

  EventEnvelope(LoggedEvent event) {
    this.event = event;
  }

  LoggedEvent event() {
    return event;
  }

  String text() {
    String made = text;
    if (made.isEmpty()) {
      made = of(event);
      text = made;
    }
    return made;
  }

  /** The JSON of an event; its data goes in as the log has it, without being read. */
  public static String of(LoggedEvent event) {
    return of(
        event.cursor().text(),
        event.realm(),
        event.type(),
        event.sessionId(),
        event.at(),
        event.data());
  }

  /**
   * The JSON of what is told like an event.
   *
   * @param at epoch milliseconds
   * @param data a JSON object
   */
  public static String of(
      String id, String realm, String type, @Nullable UUID sessionId, long at, String data) {
    StringBuilder json = new StringBuilder(256 + data.length());
    json.append("{\"specversion\":\"1.0\",\"id\":\"").append(id);
    json.append("\",\"source\":").append(Json.encode("/curfew/" + realm));
    json.append(",\"type\":").append(Json.encode(type));
    if (sessionId != null) {
      json.append(",\"subject\":\"session/").append(sessionId).append('"');
    }
    json.append(",\"time\":\"").append(Instant.ofEpochMilli(at));
    json.append("\",\"datacontenttype\":\"application/json\",\"data\":").append(data);
    return json.append('}').toString();
  }
}
