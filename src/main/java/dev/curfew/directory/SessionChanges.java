package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.bus.Sessions;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.Outcome;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.store.RealmStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What users and administrators may do to a session. Each answers with the session as committed; an
 * unknown session, or one of another realm, is NOT_FOUND, another user's FORBIDDEN.
 */
public final class SessionChanges {
  private final SessionReads reads;
  private final RealmStore realms;
  private final Policies policies;
  private final Sessions sessions;

  SessionChanges(SessionReads reads, RealmStore realms, Policies policies, Sessions sessions) {
    this.reads = reads;
    this.realms = realms;
    this.policies = policies;
    this.sessions = sessions;
  }

  /**
   * Moves the deadline. The tier that the realm has now counts, beside the session's own terms.
   *
   * @return fails with OVER_MAXIMUM_DURATION in the access dialect's own words, WRONG_STATE when
   *     the session is ending or over, INVALID_FIELD when the addition is not positive
   */
  public Future<SessionDetail> extend(Principal by, UUID id, Duration additional) {
    if (additional.compareTo(Duration.ofMillis(1)) < 0) {
      throw CurfewException.invalid("extension", "must be positive");
    }
    long wanted =
        additional.compareTo(Duration.ofMillis(Terms.LONGEST)) > 0
            ? Terms.LONGEST
            : additional.toMillis();
    return owned(by, id)
        .compose(
            session ->
                realms
                    .get(session.realmId())
                    .compose(
                        realm -> {
                          requireExtendable(session);
                          long total = session.expiresAt() - session.startedAt() + wanted;
                          return total > realm.tier().maxDuration().toMillis()
                              ? overMaximum(session, realm.tier())
                              : sessions
                                  .ask(
                                      new Command.Extend(
                                          id, wanted, by.initiator(session.user().numericId())))
                                  .compose(outcome -> extended(outcome, session, realm.tier()));
                        }))
        .compose(done -> owned(by, id));
  }

  private static void requireExtendable(SessionDetail session) {
    if (!session.state().live()) {
      throw notExtendable(session.state().wireName());
    }
  }

  private Future<Void> extended(Outcome outcome, SessionDetail session, Tier tier) {
    if (outcome instanceof Outcome.NotLive) {
      throw notExtendable("ended");
    }
    if (outcome instanceof Outcome.Refused refused) {
      if (refused.code() == ErrorCode.OVER_MAXIMUM_DURATION) {
        return overMaximum(session, tier);
      }
      throw refused.toException();
    }
    return Future.succeededFuture();
  }

  private Future<Void> overMaximum(SessionDetail session, Tier tier) {
    return policies
        .nameOf(session.policyId())
        .map(
            policy -> {
              throw MaximumDuration.of(tier, session.maxDuration(), policy).exceededBy("Extension");
            });
  }

  private static CurfewException notExtendable(String state) {
    return CurfewException.of(
        ErrorCode.WRONG_STATE, "Session is not in an extendable state: it is " + state);
  }

  /**
   * Ends the session on its user's word, or an administrator's.
   *
   * @return fails with NOT_STOPPABLE when it is ending or over
   */
  public Future<SessionDetail> stop(Principal by, UUID id) {
    return owned(by, id)
        .compose(session -> stop(id, by.initiator(session.user().numericId())))
        .compose(stopped -> owned(by, id));
  }

  /**
   * Ends anybody's session, on an administrator's word even where it is their own. For
   * administrators.
   *
   * @return fails with NOT_STOPPABLE when it is ending or over
   */
  public Future<SessionDetail> stopAsAdministrator(Principal by, UUID id) {
    return administered(by, id)
        .compose(session -> stop(id, by.administrator()))
        .compose(stopped -> administered(by, id));
  }

  private Future<Void> stop(UUID id, Initiator by) {
    return sessions
        .ask(new Command.Stop(id, by, EndReason.STOPPED))
        .map(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                throw refused.toException();
              }
              if (!(outcome instanceof Outcome.Done done && done.changed())) {
                throw CurfewException.of(
                    ErrorCode.NOT_STOPPABLE, "Session cannot be stopped: it is ending or over");
              }
              return null;
            });
  }

  /**
   * Takes the session away. One that is over stays as it ended. For administrators.
   *
   * @param remark why, in the administrator's words
   */
  public Future<SessionDetail> revoke(Principal by, UUID id, @Nullable String remark) {
    String kept = FieldRules.optionalText("reason", remark, FieldRules.LONGEST_REMARK);
    return administered(by, id)
        .compose(session -> sessions.ask(new Command.Revoke(id, by.administrator(), kept)))
        .compose(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                throw refused.toException();
              }
              return administered(by, id);
            });
  }

  /**
   * Notes that an approved session is in use. For administrators.
   *
   * @return fails with WRONG_STATE when it has not begun or is over
   */
  public Future<SessionDetail> activate(Principal by, UUID id) {
    return administered(by, id)
        .compose(session -> sessions.ask(new Command.Activate(id, by.administrator())))
        .compose(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                throw refused.toException();
              }
              if (outcome instanceof Outcome.NotLive) {
                throw CurfewException.of(
                    ErrorCode.WRONG_STATE, "The session cannot be activated: it is over");
              }
              return administered(by, id);
            });
  }

  private Future<SessionDetail> owned(Principal by, UUID id) {
    return reads.get(by, id, Authorisation.Intent.CHANGE);
  }

  private Future<SessionDetail> administered(Principal by, UUID id) {
    return reads
        .getForGateway(by, id)
        .map(
            session -> {
              Authorisation.requireAdministrator(by, session.realmId(), "Session " + id);
              return session;
            });
  }
}
