package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.auth.TokenHash;
import dev.curfew.bus.Sessions;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionState;
import dev.curfew.store.JoinTokenStore;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.function.LongSupplier;

/** One-time tokens by which a second person joins a live session of the realm. */
public final class JoinTokens {
  /** How long a token can be used. */
  static final Duration LIFE = Duration.ofMinutes(1);

  private static final int TOKEN_BYTES = 32;
  private static final int LARGEST_SCREEN = 32_768;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final JoinTokenStore store;
  private final SessionReads reads;
  private final Sessions sessions;
  private final LongSupplier clock;

  JoinTokens(JoinTokenStore store, SessionReads reads, Sessions sessions, LongSupplier clock) {
    this.store = store;
    this.reads = reads;
    this.sessions = sessions;
    this.clock = clock;
  }

  /**
   * For the session's user, administrators and gateways of the realm; the route has checked the
   * scope.
   *
   * @return fails with NOT_FOUND, FORBIDDEN for another user's session, WRONG_STATE unless the
   *     session is active
   */
  public Future<JoinTicket> issue(Principal by, UUID sessionId, JoinRequest request) {
    JoinRequest checked =
        new JoinRequest(
            FieldRules.name("GatewayServerAddress", request.gateway(), FieldRules.LONGEST_HOST),
            size("Width", request.width()),
            size("Height", request.height()),
            size("Dpi", request.dpi()));
    return reads
        .getForOwnerOrGateway(by, sessionId)
        .compose(session -> requireActive(sessionId))
        .compose(
            active -> {
              byte[] random = new byte[TOKEN_BYTES];
              RANDOM.nextBytes(random);
              String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
              long expiresAt = clock.getAsLong() + LIFE.toMillis();
              return store
                  .insert(
                      TokenHash.of(token),
                      new JoinTokenStore.JoinRow(
                          sessionId,
                          checked.gateway(),
                          checked.width(),
                          checked.height(),
                          checked.dpi(),
                          expiresAt))
                  .map(new JoinTicket(sessionId, Secret.of(token), expiresAt, checked));
            });
  }

  /**
   * Takes a token in, for a gateway of the session's realm: it is used up, whoever presents it.
   *
   * @return fails with NOT_FOUND when it is unknown, used or expired, or its session of another
   *     realm; WRONG_STATE when the session is over by now
   */
  public Future<JoinTicket> redeem(Principal by, Secret token) {
    return store
        .use(TokenHash.of(token.reveal()))
        .map(used -> used.orElseThrow(JoinTokens::unknownToken))
        .compose(
            row ->
                reads
                    .getForGateway(by, row.sessionId())
                    .recover(hidden -> Future.failedFuture(unknownToken(hidden)))
                    .compose(session -> requireActive(row.sessionId()))
                    .map(
                        new JoinTicket(
                            row.sessionId(),
                            token,
                            row.expiresAt(),
                            new JoinRequest(row.gateway(), row.width(), row.height(), row.dpi()))));
  }

  private static CurfewException unknownToken() {
    return CurfewException.of(
        ErrorCode.NOT_FOUND, "token", "The join token is unknown, used or expired");
  }

  /** Whoever may not know of the session is not told that its token was good. */
  private static Throwable unknownToken(Throwable failure) {
    return failure instanceof CurfewException known && known.code() == ErrorCode.NOT_FOUND
        ? unknownToken()
        : failure;
  }

  private Future<Void> requireActive(UUID sessionId) {
    return sessions
        .ask(new Command.Observe(sessionId))
        .map(
            outcome -> {
              if (outcome instanceof Outcome.Done done
                  && done.session().state() == SessionState.ACTIVE) {
                return null;
              }
              throw CurfewException.of(ErrorCode.WRONG_STATE, "The session is not live");
            });
  }

  private static int size(String field, int value) {
    if (value < 1 || value > LARGEST_SCREEN) {
      throw CurfewException.invalid(field, "must be from 1 to " + LARGEST_SCREEN);
    }
    return value;
  }
}
