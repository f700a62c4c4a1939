package dev.curfew.client;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An event in one line, for a person. */
public final class EventLine {
  private static final String PREFIX = "dev.curfew.";

  private EventLine() {}

  /** Time, type, session, user, and what there is to say of it. */
  public static String of(JsonObject event) {
    JsonObject data = event.getJsonObject("data", new JsonObject());
    return String.format(
            Locale.ROOT,
            "%-24s  %-20s  %-36s  %-8s  %s",
            event.getString("time", "-"),
            shortType(event.getString("type", "-")),
            subject(event),
            data.getValue("userId") == null ? "-" : "user " + data.getValue("userId"),
            detail(data))
        .stripTrailing();
  }

  /** The type's name with the prefix that all have, which a person may leave out. */
  public static String longType(String type) {
    return type.startsWith(PREFIX) ? type : PREFIX + type;
  }

  static String shortType(String type) {
    return type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : type;
  }

  private static String subject(JsonObject event) {
    String subject = event.getString("subject");
    return subject == null ? "-" : subject.substring(subject.indexOf('/') + 1);
  }

  private static String detail(JsonObject data) {
    Object left = data.getValue("timeRemainingSeconds");
    if (left != null) {
      return left + " s left";
    }
    @Nullable Object to = data.getValue("to");
    @Nullable Object reason = data.getValue("reason");
    StringBuilder detail = new StringBuilder(to == null ? "" : "now " + to);
    if (reason != null) {
      detail.append(detail.isEmpty() ? "" : ", ").append(reason);
    }
    return detail.toString();
  }
}
