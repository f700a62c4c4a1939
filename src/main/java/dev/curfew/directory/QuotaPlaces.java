package dev.curfew.directory;

import dev.curfew.bus.Sessions;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.QuotaAction;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.store.ReservationStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Opens sessions under the quotas of users, exactly: at no time does a user have more live sessions
 * than the quota allows, however many nodes they log in at once.
 *
 * <p>A place is reserved in the database, one asker after the other; what must make room ends; then
 * the session is created in the place that was reserved. Places are counted from sessions that live
 * and from reservations, so that none is taken longer than its session lives; a reservation that a
 * dead node left behind is void after a while, and its session can then no longer begin.
 */
final class QuotaPlaces {
  /** How long to wait until others have used the places that they hold: milliseconds. */
  private static final long PATIENCE = 8_000;

  /**
   * Between two questions of one asker, twice as long each time, so that a crowd does not crowd.
   */
  private static final long SHORTEST_PAUSE = 5;

  private static final long LONGEST_PAUSE = 100;

  private final Vertx vertx;
  private final ReservationStore store;
  private final Sessions sessions;
  private final LongSupplier clock;

  QuotaPlaces(Vertx vertx, ReservationStore store, Sessions sessions, LongSupplier clock) {
    this.vertx = vertx;
    this.store = store;
    this.sessions = sessions;
    this.clock = clock;
  }

  /**
   * A quota of one user.
   *
   * @param policyId whose; {@link ReservationStore#TOKENS} for that of session tokens
   * @param limit 0 for none
   * @param refusal what an opening is refused with when there is no place
   * @param message the same in words
   */
  record Quota(
      long userId,
      int policyId,
      int limit,
      QuotaAction action,
      ErrorCode refusal,
      String message) {}

  /**
   * Creates a session if there is a place for it.
   *
   * @param session its details say that it is reserved wherever the quota has a limit
   * @return as the shard answers a creation; refused when there is no place
   */
  Future<Outcome> create(NewSession session, Initiator by, Quota quota) {
    return quota.limit == 0
        ? sessions.ask(new Command.Create(session, by))
        : reserve(session, by, quota, clock.getAsLong() + PATIENCE, SHORTEST_PAUSE);
  }

  private Future<Outcome> reserve(
      NewSession session, Initiator by, Quota quota, long giveUpAt, long pause) {
    return store
        .reserve(session.id(), quota.userId, quota.policyId, quota.limit, quota.action.name())
        .compose(
            answer -> {
              if (answer instanceof ReservationStore.Answer.Granted granted) {
                return createInPlace(session, by, granted.displaced());
              }
              if (answer instanceof ReservationStore.Answer.Full) {
                return Future.succeededFuture(refused(quota.refusal, quota.message));
              }
              if (clock.getAsLong() > giveUpAt) {
                return Future.succeededFuture(
                    refused(
                        ErrorCode.UNAVAILABLE,
                        "Other sessions of the user are being opened; try again"));
              }
              return vertx
                  .timer(pause, TimeUnit.MILLISECONDS)
                  .compose(
                      waited ->
                          reserve(
                              session, by, quota, giveUpAt, Math.min(LONGEST_PAUSE, 2 * pause)));
            });
  }

  /** The displaced end first, so that there is never one too many. */
  private Future<Outcome> createInPlace(NewSession session, Initiator by, List<UUID> displaced) {
    return Future.join(displaced.stream().map(this::end).toList())
        .recover(failure -> release(session).compose(released -> Future.failedFuture(failure)))
        .compose(ended -> sessions.ask(new Command.Create(session, by)))
        .compose(
            outcome ->
                outcome instanceof Outcome.Refused refusal
                    ? release(session).map(released -> inPlace(refusal))
                    : Future.succeededFuture(outcome));
  }

  private Future<Void> end(UUID displaced) {
    return sessions
        .ask(new Command.Stop(displaced, Initiator.POLICY, EndReason.QUOTA))
        .map(
            outcome -> {
              if (outcome instanceof Outcome.Refused refusal) {
                throw refusal.toException();
              }
              return null;
            });
  }

  /** Nobody else has this id: if there was no room for the session, its place was not held. */
  private static Outcome inPlace(Outcome.Refused refusal) {
    return refusal.code() == ErrorCode.ALREADY_EXISTS
        ? refused(ErrorCode.UNAVAILABLE, "Opening the session took too long; try again")
        : refusal;
  }

  /** When giving back fails, too, the place becomes void by itself. */
  private Future<Void> release(NewSession session) {
    return store.release(session.id()).otherwiseEmpty();
  }

  private static Outcome refused(ErrorCode code, String message) {
    return new Outcome.Refused(code, message, null, 0);
  }
}
