package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.JumpRequest;
import dev.curfew.realm.Policy;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.User;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Terms;
import dev.curfew.store.AttributesJson;
import dev.curfew.store.JumpRequestStore;
import dev.curfew.store.SessionQueries;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From an approved request to its session. The approval is committed first, the session after it
 * under the ids that the request has had from the beginning. Whatever fails in between leaves an
 * approved request without a session, which the next attempt opens: the same answer given again, or
 * the sweep. There is never a second session, and none for a request that was not approved.
 */
public final class ApprovedOpenings {
  private static final Logger LOG = LoggerFactory.getLogger(ApprovedOpenings.class);

  /** Long enough for whoever approved it to have opened it. */
  private static final Duration LEFT_ALONE = Duration.ofSeconds(10);

  /** Most openings of one sweep; the rest is found by the next. */
  private static final int MOST = 500;

  private static final String LAPSED = "The time that was asked for has passed";

  private final JumpRequestStore store;
  private final Users users;
  private final Policies policies;
  private final SessionOpenings openings;
  private final SessionQueries queries;

  ApprovedOpenings(
      JumpRequestStore store,
      Users users,
      Policies policies,
      SessionOpenings openings,
      SessionQueries queries) {
    this.store = store;
    this.users = users;
    this.policies = policies;
    this.openings = openings;
    this.queries = queries;
  }

  /** Cancels pending requests whose time has passed, and opens what a failure left unopened. */
  public Future<Void> sweep() {
    return store
        .lapse(LAPSED)
        .compose(lapsed -> store.unopened(LEFT_ALONE, MOST))
        .compose(this::openAll);
  }

  private Future<Void> openAll(List<JumpRequest> requests) {
    Future<Void> all = Future.succeededFuture();
    for (JumpRequest request : requests) {
      LOG.warn("Request {} was approved and has no session; it is opened now", request.id());
      all =
          all.compose(
              done ->
                  open(request)
                      .recover(
                          failure -> {
                            LOG.warn(
                                "The session of request {} is not open yet: {}",
                                request.id(),
                                failure.getMessage());
                            return Future.succeededFuture();
                          }));
    }
    return all;
  }

  /**
   * Sees to it that an approved request has had its session; does nothing for any other.
   *
   * @return the request; fails with WRONG_STATE when the session can never be opened any more, as
   *     when its time has passed: the request is cancelled then
   */
  Future<JumpRequest> openIfApproved(JumpRequest request) {
    boolean open = request.state() == JumpRequest.State.APPROVED && request.openedAt() == 0;
    return open ? open(request).map(request) : Future.succeededFuture(request);
  }

  private Future<Void> open(JumpRequest request) {
    return queries
        .find(request.sessionId())
        .compose(found -> found.isPresent() ? Future.<Void>succeededFuture() : openAnew(request))
        .compose(opened -> store.opened(request.id()));
  }

  private Future<Void> openAnew(JumpRequest request) {
    return users
        .known(request.userId())
        .compose(
            user ->
                policies
                    .inRealm(request.realmId(), request.policyId())
                    .compose(
                        policy ->
                            openings.openGranted(
                                session(request, user, policy),
                                user,
                                policy,
                                approver(request),
                                request.createdBy())))
        .recover(failure -> unlessOpen(request, failure));
  }

  /** Somebody else may have opened it at the same moment, and so stood in the way. */
  private Future<Void> unlessOpen(JumpRequest request, Throwable failure) {
    return queries
        .find(request.sessionId())
        .compose(
            found ->
                found.isPresent() ? Future.succeededFuture() : giveUpIfFinal(request, failure));
  }

  private Future<Void> giveUpIfFinal(JumpRequest request, Throwable failure) {
    boolean last =
        failure instanceof CurfewException known
            && (known.code() == ErrorCode.NOT_FOUND
                || known.code().category() == ErrorCode.Category.INVALID);
    if (!last) {
      return Future.failedFuture(failure);
    }
    String why = "The session could not be opened: " + failure.getMessage();
    return store
        .giveUp(request.id(), why)
        .compose(given -> Future.failedFuture(CurfewException.of(ErrorCode.WRONG_STATE, why)));
  }

  private static Initiator approver(JumpRequest request) {
    JumpRequest.Approver approver = request.approver();
    return approver == null
        ? Initiator.POLICY
        : new Initiator(Initiator.Kind.ADMIN, approver.userId(), approver.username());
  }

  /** Under the policy's own rules, and the total that was allowed when it was approved. */
  private static NewSession session(JumpRequest request, User user, Policy policy) {
    return new NewSession(
        request.sessionId(),
        request.id(),
        SessionKind.JUMP,
        user.numericId(),
        new Terms(
            policy.id(),
            request.realmId(),
            request.maxDuration(),
            policy.maxIdle(),
            policy.staleAfter(),
            policy.thresholds()),
        request.startsAt(),
        request.duration(),
        true,
        null,
        false,
        new NewSession.Details(
            AttributesJson.write(SessionAttributes.jump(request.itemId(), request.itemType())),
            null,
            null,
            null,
            null,
            policy.quota() > 0));
  }
}
