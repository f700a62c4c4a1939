package dev.curfew.alert;

import dev.curfew.store.LoggedEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as every channel sends it: CloudEvents 1.0, structured JSON. The text is made once,
 * however many receive it.
 */
final class EventEnvelope {
  private final LoggedEvent event;

  /** Made by whoever needs it first; two may make it at the same time, and make the same. */
  private volatile String text = "";

  private volatile @Nullable Buffer serverSentEvent;

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

  /**
   * The text as a server-sent event. A line is enough for it: JSON has no line breaks but those it
   * escapes, and PostgreSQL writes none between.
   */
  Buffer serverSentEvent() {
    Buffer made = serverSentEvent;
    if (made == null) {
      made =
          Buffer.buffer(
              "id: "
                  + event.cursor().text()
                  + "\nevent: "
                  + event.type()
                  + "\ndata: "
                  + text()
                  + "\n\n");
      serverSentEvent = made;
    }
    return made;
  }

  /** The JSON of an event; its data goes in as the log has it, without being read. */
  static String of(LoggedEvent event) {
    StringBuilder json = new StringBuilder(256 + event.data().length());
    json.append("{\"specversion\":\"1.0\",\"id\":\"").append(event.cursor().text());
    json.append("\",\"source\":").append(Json.encode("/curfew/" + event.realm()));
    json.append(",\"type\":").append(Json.encode(event.type()));
    UUID sessionId = event.sessionId();
    if (sessionId != null) {
      json.append(",\"subject\":\"session/").append(sessionId).append('"');
    }
    json.append(",\"time\":\"").append(Instant.ofEpochMilli(event.at()));
    json.append("\",\"datacontenttype\":\"application/json\",\"data\":").append(event.data());
    return json.append('}').toString();
  }
}
