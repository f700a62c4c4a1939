package dev.curfew.signals;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.curfew.auth.KeyRing;
import dev.curfew.directory.SigningKeys;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.DueDelivery;
import dev.curfew.store.LoggedEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages of streams as Security Event Tokens (RFC 8417) in the profile of the Shared
 * Signals Framework 1.0, section 4.1: explicitly typed, with {@code sub_id} for a subject, without
 * {@code sub} and {@code exp}, with exactly one event.
 */
final class EventTokens {
  private static final String TYPE = "secevent+jwt";

  private final Vertx vertx;
  private final SigningKeys keys;
  private final String issuer;
  private final LongSupplier clock;

  /**
   * @param issuer of the tokens, and of the users that they name
   * @param clock the cluster's, in epoch milliseconds
   */
  EventTokens(Vertx vertx, SigningKeys keys, String issuer, LongSupplier clock) {
    this.vertx = vertx;
    this.keys = keys;
    this.issuer = issuer;
    this.clock = clock;
  }

  /**
   * Signs messages, which takes about a millisecond each, away from the event loops.
   *
   * @param audience the receiver
   * @param messages of which none {@link #isLost}
   * @return tokens in the order of the messages
   */
  Future<List<String>> sign(List<DueDelivery> messages, UUID audience) {
    return keys.ring()
        .compose(
            ring ->
                vertx.executeBlocking(
                    () -> messages.stream().map(due -> sign(ring, due, audience)).toList(), false));
  }

  /** Whether a message told of an event that the log has forgotten since. */
  static boolean isLost(DueDelivery due) {
    return due.event() == null && due.payload() == null;
  }

  private String sign(KeyRing ring, DueDelivery due, UUID audience) {
    return ring.sign(TYPE, claims(due, audience), clock.getAsLong());
  }

  /** The same for every attempt. */
  JWTClaimsSet claims(DueDelivery due, UUID audience) {
    LoggedEvent logged = due.event();
    return logged == null ? ofStream(due, audience) : ofSession(due, logged, audience);
  }

  private JWTClaimsSet ofSession(DueDelivery due, LoggedEvent logged, UUID audience) {
    JsonObject data = new JsonObject(logged.data());
    Map<String, Object> subject = new LinkedHashMap<>();
    subject.put("format", "complex");
    subject.put("session", opaque(Objects.requireNonNull(logged.sessionId())));
    String user = data.getString("userUuid");
    if (user != null) {
      subject.put("user", Map.of("format", "iss_sub", "iss", issuer, "sub", user));
    }
    return common(due, audience)
        .claim("txn", logged.cursor().text())
        .claim("sub_id", subject)
        .claim("events", Map.of(SessionRevoked.TYPE, SessionRevoked.event(logged, data)))
        .build();
  }

  /** A message about the stream itself, which brings its event along. */
  private JWTClaimsSet ofStream(DueDelivery due, UUID audience) {
    @Nullable String payload = due.payload();
    if (payload == null) {
      throw CurfewException.of(ErrorCode.INTERNAL, "The event log has forgotten " + due.id());
    }
    return common(due, audience)
        .claim("txn", due.messageId())
        .claim("sub_id", opaque(due.laneId()))
        .claim("events", Map.of(due.type(), new JsonObject(payload).getMap()))
        .build();
  }

  private JWTClaimsSet.Builder common(DueDelivery due, UUID audience) {
    return new JWTClaimsSet.Builder()
        .issuer(issuer)
        .jwtID(due.messageId())
        .issueTime(new Date(due.createdAt()))
        .audience(audience.toString());
  }

  private static Map<String, Object> opaque(UUID id) {
    return Map.of("format", "opaque", "id", id.toString());
  }
}
