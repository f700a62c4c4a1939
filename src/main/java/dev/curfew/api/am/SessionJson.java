package dev.curfew.api.am;

import dev.curfew.realm.TokenView;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Sessions as this dialect shows them. Times are whole seconds in UTC. */
final class SessionJson {
  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;

  private SessionJson() {}

  static JsonObject valid(TokenView session, ApiVersion version) {
    JsonObject json = new JsonObject().put("valid", true);
    if (version.atLeast(3, 0)) {
      json.put("sessionUid", session.id().toString());
    }
    return json.put("uid", session.username()).put("realm", RealmPaths.pathOf(session.realm()));
  }

  static JsonObject invalid() {
    return new JsonObject().put("valid", false);
  }

  static JsonObject refreshed(TokenView session) {
    return new JsonObject()
        .put("uid", session.username())
        .put("realm", RealmPaths.pathOf(session.realm()))
        .put("idletime", idleSeconds(session))
        .put("maxidletime", maxIdleMinutes(session))
        .put("maxsessiontime", maxSessionMinutes(session))
        .put("maxtime", secondsLeft(session));
  }

  /** What the second version tells, and every list of sessions. */
  static JsonObject infoWithHandle(TokenView session) {
    return info(session).put("sessionHandle", session.handle());
  }

  /** What the later versions tell. */
  static JsonObject infoWithProperties(TokenView session, Map<String, String> properties) {
    JsonObject shown = new JsonObject();
    properties.forEach(shown::put);
    return info(session).put("properties", shown);
  }

  private static JsonObject info(TokenView session) {
    long idleEnd =
        session.maxIdle() == 0
            ? session.expiresAt()
            : Math.min(session.expiresAt(), session.lastAccess() + session.maxIdle());
    return new JsonObject()
        .put("username", session.username())
        .put("universalId", RealmPaths.universalId(session.username(), session.realm()))
        .put("realm", RealmPaths.pathOf(session.realm()))
        .put("latestAccessTime", iso(session.lastAccess()))
        .put("maxIdleExpirationTime", iso(idleEnd))
        .put("maxSessionExpirationTime", iso(session.expiresAt()));
  }

  static long secondsLeft(TokenView session) {
    return Math.max(0, session.expiresAt() - session.now()) / SECOND;
  }

  static long idleSeconds(TokenView session) {
    return Math.max(0, session.now() - session.lastAccess()) / SECOND;
  }

  static long maxSessionMinutes(TokenView session) {
    return session.maxDuration() / MINUTE;
  }

  static long maxIdleMinutes(TokenView session) {
    return session.maxIdle() / MINUTE;
  }

  /** Only these fields; all when none is named. */
  static JsonObject only(JsonObject session, List<String> fields) {
    if (fields.isEmpty()) {
      return session;
    }
    JsonObject kept = new JsonObject();
    for (String field : fields) {
      if (session.containsKey(field)) {
        kept.put(field, session.getValue(field));
      }
    }
    return kept;
  }

  static String iso(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
