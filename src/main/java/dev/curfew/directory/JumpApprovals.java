package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Counted;
import dev.curfew.realm.JumpRequest;
import dev.curfew.realm.Policy;
import dev.curfew.realm.User;
import dev.curfew.session.Terms;
import dev.curfew.store.JumpRequestStore;
import dev.curfew.store.RealmStore;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Jump sessions that must be asked for. A request waits, whether or not its policy requires an
 * approval, until it is answered or taken back or its time has passed; approving it opens its
 * session. Fields are named as the PRA dialect names them.
 */
public final class JumpApprovals {
  private final JumpRequestStore store;
  private final Users users;
  private final RealmStore realms;
  private final JumpItems jumpItems;
  private final Policies policies;
  private final SessionOpenings openings;
  private final ApprovedOpenings approved;
  private final NumericIds numericIds;
  private final SortableIds ids;
  private final LongSupplier clock;
  private final Notices notices;

  JumpApprovals(
      JumpRequestStore store,
      Users users,
      RealmStore realms,
      JumpItems jumpItems,
      Policies policies,
      SessionOpenings openings,
      ApprovedOpenings approved,
      NumericIds numericIds,
      SortableIds ids,
      LongSupplier clock,
      Notices notices) {
    this.store = store;
    this.users = users;
    this.realms = realms;
    this.jumpItems = jumpItems;
    this.policies = policies;
    this.openings = openings;
    this.approved = approved;
    this.numericIds = numericIds;
    this.ids = ids;
    this.clock = clock;
    this.notices = notices;
  }

  // Asking

  /**
   * Asks for a session, for oneself or, as an administrator, for another. Where an approval for
   * anyone covers the wanted time of the item, the request is approved by it and the session open.
   *
   * @return fails with INVALID_FIELD, OVER_MAXIMUM_DURATION (naming {@code duration}), FORBIDDEN
   *     for another user's
   */
  public Future<JumpRequest> request(Principal by, JumpRequestTerms wanted) {
    String itemType = FieldRules.name("jump_item_type", wanted.itemType(), FieldRules.LONGEST_NAME);
    String reason = FieldRules.text("reason", wanted.reason(), FieldRules.LONGEST_REMARK);
    long duration = FieldRules.duration("duration", wanted.duration());
    long now = clock.getAsLong();
    if (wanted.startsAt() > now + Terms.LONGEST) {
      throw CurfewException.invalid("start", "must lie within a year from now");
    }
    if (wanted.startsAt() + duration <= now) {
      throw CurfewException.invalid("start", "must not lie so far back that the time is over");
    }
    return user(by, wanted.userId())
        .compose(
            user -> {
              Authorisation.requireOwner(
                  by,
                  user.realmId(),
                  user.numericId(),
                  Authorisation.Intent.CHANGE,
                  "A request of " + user.username());
              return jumpItems
                  .policyOf(user.realmId(), itemType, wanted.itemId())
                  .compose(
                      policy ->
                          allowed(policy, duration)
                              .compose(
                                  maximum ->
                                      numericIds
                                          .next()
                                          .compose(
                                              id ->
                                                  store.insert(
                                                      new JumpRequestStore.NewRow(
                                                          id,
                                                          ids.next(),
                                                          user.realmId(),
                                                          user.numericId(),
                                                          by.userId(),
                                                          policy.id(),
                                                          maximum,
                                                          itemType,
                                                          wanted.itemId(),
                                                          wanted.startsAt(),
                                                          wanted.startsAt() + duration,
                                                          reason)))));
            })
        .compose(approved::openIfApproved);
  }

  /**
   * What a session under this policy may last in all; fails when the wanted duration is not within
   * what may be asked for.
   */
  private Future<Long> allowed(Policy policy, long duration) {
    return realms
        .get(policy.realmId())
        .map(
            realm -> {
              MaximumDuration maximum =
                  MaximumDuration.of(realm.tier(), policy.maxDuration(), policy.name());
              if (duration > maximum.millis()) {
                throw tooLong(maximum.exceededBy("Session").getMessage());
              }
              if (duration > policy.approvalMaxDuration()) {
                throw tooLong(
                    "duration must be at most "
                        + DurationWords.of(policy.approvalMaxDuration())
                        + " for an approval under policy "
                        + policy.name());
              }
              return maximum.millis();
            });
  }

  private static CurfewException tooLong(String message) {
    return CurfewException.of(ErrorCode.OVER_MAXIMUM_DURATION, "duration", message);
  }

  // Reading

  /**
   * A user's requests, newest first. For that user, administrators and auditors.
   *
   * @param state null for all
   * @param page from 1
   */
  public Future<Counted<JumpRequest>> list(
      Principal by, long userId, JumpRequest.@Nullable State state, int perPage, long page) {
    return reader(by, userId)
        .compose(
            user ->
                store.list(
                    user.numericId(), state, perPage, Math.multiplyExact(page - 1, perPage)));
  }

  /**
   * One request of a user. For that user, administrators and auditors.
   *
   * @return fails with NOT_FOUND when the user has no such request
   */
  public Future<JumpRequest> get(Principal by, long userId, long id) {
    return reader(by, userId)
        .compose(user -> store.find(id).map(found -> found.filter(of(user.numericId()))))
        .map(found -> found.orElseThrow(() -> CurfewException.notFound(what(id))));
  }

  private static Predicate<JumpRequest> of(int userId) {
    return request -> request.userId() == userId;
  }

  private Future<User> reader(Principal by, long userId) {
    return user(by, userId)
        .map(
            user -> {
              Authorisation.requireOwner(
                  by,
                  user.realmId(),
                  user.numericId(),
                  Authorisation.Intent.READ,
                  "The requests of " + user.username());
              return user;
            });
  }

  // Answering

  /**
   * Answers a pending request, and opens its session when the answer is yes. The same answer by the
   * same approver again changes nothing, and opens the session if a failure stood in the way.
   *
   * @param approverId numeric id of the user in whose name it is answered
   * @return fails with WRONG_STATE when it has been answered otherwise or taken back, or when its
   *     time has passed; FORBIDDEN by {@link Authorisation#requireApprover}
   */
  public Future<JumpRequest> answer(
      Principal by, long id, long approverId, boolean yes, @Nullable String comments) {
    String kept = FieldRules.optionalText("comments", comments, FieldRules.LONGEST_REMARK);
    return find(by, id)
        .compose(
            request ->
                user(by, approverId)
                    .compose(
                        approver -> {
                          Authorisation.requireApprover(
                              by,
                              request.realmId(),
                              request.userId(),
                              approver.numericId(),
                              approver.roles(),
                              what(id));
                          requireMember(request, approver);
                          return answer(by, request, approver, yes, kept);
                        }))
        .compose(approved::openIfApproved)
        .onSuccess(answered -> notices.events());
  }

  private static void requireMember(JumpRequest request, User approver) {
    if (approver.realmId() != request.realmId() && !approver.is(Role.ADMIN)) {
      throw CurfewException.invalid("user_id", "is not a user of the request's realm");
    }
  }

  private Future<JumpRequest> answer(
      Principal by, JumpRequest request, User approver, boolean yes, @Nullable String comments) {
    if (request.state() != JumpRequest.State.PENDING) {
      return Future.succeededFuture(answeredBefore(request, approver, yes));
    }
    Future<Long> maximum = yes ? grantable(request) : Future.succeededFuture(request.maxDuration());
    return maximum
        .compose(
            longest ->
                store.answer(
                    request.id(), yes, approver.numericId(), comments, longest, by.administrator()))
        .compose(
            answered ->
                answered.isPresent()
                    ? Future.succeededFuture(answered.get())
                    : existing(request.id()).map(now -> answeredBefore(now, approver, yes)));
  }

  /** The policy may have changed since it was asked for, and the user's sessions with it. */
  private Future<Long> grantable(JumpRequest request) {
    return policies
        .inRealm(request.realmId(), request.policyId())
        .compose(
            policy ->
                allowed(policy, request.duration())
                    .compose(
                        maximum ->
                            users
                                .known(request.userId())
                                .compose(user -> openings.withinQuota(user, policy))
                                .map(maximum)));
  }

  private static JumpRequest answeredBefore(JumpRequest request, User approver, boolean yes) {
    JumpRequest.Approver before = request.approver();
    boolean same =
        before != null
            && before.userId() == approver.numericId()
            && yes != (request.state() == JumpRequest.State.DENIED);
    if (!same || request.state() == JumpRequest.State.CANCELLED) {
      throw over(request);
    }
    return request;
  }

  private static CurfewException over(JumpRequest request) {
    return CurfewException.of(
        ErrorCode.WRONG_STATE,
        what(request.id()) + " is " + request.state().wireName() + " already");
  }

  // Taking back

  /**
   * Takes a pending request back. Doing it again changes nothing.
   *
   * @param userId the requestor, or an administrator of the realm
   * @return fails with WRONG_STATE when it has been answered, FORBIDDEN for another user's
   */
  public Future<JumpRequest> cancel(Principal by, long id, long userId) {
    return find(by, id)
        .compose(
            request ->
                user(by, userId)
                    .compose(
                        user -> {
                          Authorisation.requireOwner(
                              by,
                              request.realmId(),
                              request.userId(),
                              Authorisation.Intent.CHANGE,
                              what(id));
                          if (user.numericId() != request.userId()
                              && user.numericId() != by.userId()) {
                            throw CurfewException.invalid(
                                "user_id", "is not the user who asked for it");
                          }
                          return cancel(request);
                        }));
  }

  private Future<JumpRequest> cancel(JumpRequest request) {
    return store
        .cancel(request.id())
        .compose(
            cancelled ->
                cancelled.isPresent()
                    ? Future.succeededFuture(cancelled.get())
                    : existing(request.id())
                        .map(
                            now -> {
                              if (now.state() != JumpRequest.State.CANCELLED) {
                                throw over(now);
                              }
                              return now;
                            }));
  }

  // Common

  private Future<JumpRequest> find(Principal by, long id) {
    return existing(id)
        .map(
            request -> {
              Authorisation.requireRealm(by, request.realmId(), what(id));
              return request;
            });
  }

  private Future<JumpRequest> existing(long id) {
    return store
        .find(id)
        .map(
            (Optional<JumpRequest> found) ->
                found.orElseThrow(() -> CurfewException.notFound(what(id))));
  }

  /** Whom a field or path means; one who is not known there is a matter of that field. */
  private Future<User> user(Principal by, long userId) {
    return users
        .ofNumericId(by, userId)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof CurfewException known && known.code() == ErrorCode.NOT_FOUND
                        ? CurfewException.invalid("user_id", "is not a user")
                        : failure));
  }

  private static String what(long id) {
    return "Request " + id;
  }
}
