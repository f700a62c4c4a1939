package dev.curfew.client;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The live sessions as they are known: read as a whole from time to time, kept by events in
 * between.
 */
final class SessionBoard {
  private static final String ENDED = "dev.curfew.session.ended";
  private static final String EXPIRING = "dev.curfew.session.expiring";
  private static final String EXTENDED = "dev.curfew.session.extended";

  /**
   * A live session.
   *
   * @param expiresAt epoch milliseconds of the node's clock; 0 for none
   * @param warned whether its end has been announced
   */
  record Row(String id, String kind, String state, String user, long expiresAt, boolean warned) {
    /** Milliseconds left, never negative. */
    long left(long now) {
      return Math.max(0, expiresAt - now);
    }
  }

  private final Map<String, Row> rows = new HashMap<>();
  private long correction;

  /**
   * Takes over what was read.
   *
   * @param sessions every live one
   * @param now wall clock of this machine, epoch milliseconds
   */
  void replace(List<JsonObject> sessions, long now) {
    Map<String, Row> before = Map.copyOf(rows);
    rows.clear();
    for (JsonObject session : sessions) {
      Row row = row(session);
      Row known = before.get(row.id());
      boolean warned = known != null && known.warned() && known.expiresAt() == row.expiresAt();
      rows.put(
          row.id(),
          new Row(row.id(), row.kind(), row.state(), row.user(), row.expiresAt(), warned));
    }
    correction = correction(sessions, now);
  }

  private static Row row(JsonObject session) {
    return new Row(
        session.getString("id"),
        session.getString("kind", "-"),
        session.getString("state", "-"),
        session.getJsonObject("user", new JsonObject()).getString("username", "-"),
        millis(session.getString("expiresAt")),
        false);
  }

  /**
   * How far the node's clock is ahead of this machine's, by what it says is left of each session;
   * that is in whole seconds, so no difference within it is believed.
   */
  private static long correction(List<JsonObject> sessions, long now) {
    long earliest = Long.MIN_VALUE;
    long latest = Long.MAX_VALUE;
    for (JsonObject session : sessions) {
      long expiresAt = millis(session.getString("expiresAt"));
      long left = session.getLong("timeRemainingSeconds", 0L);
      if (expiresAt > 0 && left > 0) {
        latest = Math.min(latest, expiresAt - left * 1_000);
        earliest = Math.max(earliest, expiresAt - (left + 1) * 1_000);
      }
    }
    if (earliest > now) {
      return earliest - now;
    }
    return latest < now ? latest - now : 0;
  }

  private static long millis(@Nullable String time) {
    return time == null ? 0 : Instant.parse(time).toEpochMilli();
  }

  /**
   * Takes over what happened.
   *
   * @return whether the sessions must be read anew: the event is about one that is not known
   */
  boolean apply(JsonObject event) {
    String subject = event.getString("subject", "");
    String type = event.getString("type", "");
    if (!subject.startsWith("session/") || !type.startsWith("dev.curfew.session.")) {
      return false;
    }
    String id = subject.substring("session/".length());
    Row known = rows.get(id);
    if (type.equals(ENDED)) {
      rows.remove(id);
      return false;
    }
    if (known == null) {
      return true;
    }
    JsonObject data = event.getJsonObject("data", new JsonObject());
    boolean warned = type.equals(EXPIRING) || (known.warned() && !type.equals(EXTENDED));
    String expiresAt = data.getString("expiresAt");
    rows.put(
        id,
        new Row(
            id,
            known.kind(),
            data.getString("to", known.state()),
            known.user(),
            expiresAt == null ? known.expiresAt() : millis(expiresAt),
            warned));
    return false;
  }

  /** The node's time, as far as it is known. */
  long nodeTime(long now) {
    return now + correction;
  }

  /** By time left, the least first. */
  List<Row> rows() {
    return rows.values().stream()
        .sorted(Comparator.comparingLong(Row::expiresAt).thenComparing(Row::id))
        .toList();
  }
}
