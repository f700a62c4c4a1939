package dev.curfew.signals;

import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.store.LoggedEvent;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The end of a session as CAEP 1.0 tells it: {@code session-revoked}.
 *
 * <p>Every end is told, by whatever reason. A receiver keeps something that hangs on the session (a
 * session of its own, tokens, a connection), and that must go whether the session was cut (REVOKED,
 * EXPIRED, IDLE, LOST, QUOTA, DENIED) or its user left it (STOPPED, CHECKED_IN); {@code
 * initiating_entity} says which, and {@code user} tells a receiver that cares that nobody was cut
 * off. Told is the event of the log that a session is ending, which is the moment from which on it
 * gives access to nothing, and of which the kernel commits exactly one a session; not {@code
 * session.ended}, which may follow later, when everything outside has been undone.
 */
final class SessionRevoked {
  static final String TYPE = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

  /** Types in the log that say that a session is ending: one such event a session. */
  static final Set<String> CAUSES =
      Arrays.stream(EndReason.values())
          .map(reason -> reason.cause().wireName())
          .collect(Collectors.toUnmodifiableSet());

  private SessionRevoked() {}

  /** The members of the event. */
  static Map<String, Object> event(LoggedEvent logged, JsonObject data) {
    JsonObject by = data.getJsonObject("by", new JsonObject());
    Initiator.Kind kind = kind(by.getString("kind"));
    EndReason reason = reason(logged, data.getString("reason"));
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("event_timestamp", Math.floorDiv(logged.at(), 1_000L));
    event.put("initiating_entity", InitiatingEntity.of(reason, kind).wireName());
    event.put("reason_admin", Map.of("en", forAdmins(reason, kind, by, data.getString("remark"))));
    event.put("reason_user", Map.of("en", forUsers(reason, kind)));
    return event;
  }

  /** A newer node may write words that this one does not know. */
  private static Initiator.Kind kind(@Nullable String name) {
    return Arrays.stream(Initiator.Kind.values())
        .filter(kind -> kind.wireName().equals(name))
        .findFirst()
        .orElse(Initiator.Kind.SYSTEM);
  }

  private static EndReason reason(LoggedEvent logged, @Nullable String name) {
    Optional<EndReason> named =
        Arrays.stream(EndReason.values())
            .filter(reason -> reason.wireName().equals(name))
            .findFirst();
    return named.orElseGet(
        () ->
            Arrays.stream(EndReason.values())
                .filter(reason -> reason.cause().wireName().equals(logged.type()))
                .findFirst()
                .orElse(EndReason.REVOKED));
  }

  /** Names who did it and why they said so: administrators read it in logs. */
  private static String forAdmins(
      EndReason reason, Initiator.Kind kind, JsonObject by, @Nullable String remark) {
    String what =
        switch (reason) {
          case EXPIRED -> "Session expired";
          case IDLE -> "Session idle for longer than its policy allows";
          case REVOKED -> "Session revoked";
          case STOPPED -> "Session stopped";
          case CHECKED_IN -> "Session over since its credential was checked in";
          case LOST -> "Session lost, since its owner stopped reporting";
          case QUOTA -> "Session displaced by a newer one of the same user";
          case DENIED -> "Session denied";
        };
    StringBuilder text = new StringBuilder(what);
    switch (kind) {
      case ADMIN, USER, PROCESS ->
          text.append(" by ").append(kind.wireName()).append(' ').append(by.getString("name"));
      case POLICY, SYSTEM -> {}
    }
    return remark == null ? text.toString() : text.append(": ").append(remark).toString();
  }

  /** Names nobody: it is shown to the user. */
  private static String forUsers(EndReason reason, Initiator.Kind kind) {
    return switch (reason) {
      case EXPIRED -> "Your session reached its time limit.";
      case IDLE -> "Your session was idle for too long.";
      case REVOKED, STOPPED ->
          switch (kind) {
            case ADMIN -> "Your session was ended by an administrator.";
            case USER, PROCESS -> "Your session was ended.";
            case POLICY, SYSTEM -> "Your session was ended by policy.";
          };
      case CHECKED_IN -> "The credential of your session was checked in.";
      case LOST -> "The connection of your session was lost.";
      case QUOTA -> "A newer session of yours took the place of this one.";
      case DENIED -> "Your session was not allowed.";
    };
  }
}
