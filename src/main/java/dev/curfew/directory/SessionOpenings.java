package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.bus.Sessions;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Policy;
import dev.curfew.realm.QuotaAction;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.User;
import dev.curfew.session.Command;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.store.AttributesJson;
import dev.curfew.store.RealmStore;
import dev.curfew.store.SessionQueries;
import dev.curfew.store.UserStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The way every session comes into being. */
public final class SessionOpenings {
  /** Sessions under other policies that a look at a quota may come across. */
  private static final int LARGEST_LOOK = 1_000;

  private final Users users;
  private final UserStore userStore;
  private final RealmStore realms;
  private final Policies policies;
  private final JumpItems jumpItems;
  private final SessionRules rules;
  private final SessionQueries queries;
  private final Sessions sessions;
  private final NumericIds numericIds;
  private final SortableIds ids;
  private final QuotaPlaces places;

  SessionOpenings(
      Users users,
      UserStore userStore,
      RealmStore realms,
      Policies policies,
      JumpItems jumpItems,
      SessionRules rules,
      SessionQueries queries,
      Sessions sessions,
      NumericIds numericIds,
      SortableIds ids,
      QuotaPlaces places) {
    this.users = users;
    this.userStore = userStore;
    this.realms = realms;
    this.policies = policies;
    this.jumpItems = jumpItems;
    this.rules = rules;
    this.queries = queries;
    this.sessions = sessions;
    this.numericIds = numericIds;
    this.ids = ids;
    this.places = places;
  }

  /**
   * Opens a session under a policy of its user's realm. Kind JUMP waits in APPROVED for its first
   * use; all others are ACTIVE at once.
   *
   * @return the committed session; fails with INVALID_FIELD, OVER_MAXIMUM_DURATION (the message
   *     names what limits), NOT_FOUND for an unknown user, policy or resource, FORBIDDEN for
   *     another user's session, WRONG_STATE when the policy's quota is used up
   */
  public Future<SessionDetail> open(Principal by, SessionRequest wanted) {
    return open(by, wanted, null, Preparation.NOTHING);
  }

  /**
   * As {@link #open(Principal, SessionRequest)}.
   *
   * @param preparation done once the session may be opened, before it is
   */
  Future<SessionDetail> open(Principal by, SessionRequest wanted, Preparation preparation) {
    return open(by, wanted, null, preparation);
  }

  /** What must be on record before a session of this id exists. */
  @FunctionalInterface
  interface Preparation {
    Preparation NOTHING = id -> Future.succeededFuture();

    Future<Void> before(UUID sessionId);
  }

  /** What was found out about a wanted session before it is asked for. */
  private record Grant(
      SessionRequest wanted, User user, Policy policy, Terms terms, long duration) {}

  /**
   * @param checkout the checkout that opens together with the session
   */
  Future<SessionDetail> open(
      Principal by, SessionRequest wanted, NewSession.@Nullable CheckoutOpening checkout) {
    return open(by, wanted, checkout, Preparation.NOTHING);
  }

  private Future<SessionDetail> open(
      Principal by,
      SessionRequest wanted,
      NewSession.@Nullable CheckoutOpening checkout,
      Preparation preparation) {
    SessionRequest checked = checked(wanted);
    String userId = wanted.userId();
    return users
        .resolve(by, userId == null ? by.userUuid().toString() : userId)
        .compose(
            user -> {
              Authorisation.requireOwner(
                  by,
                  user.realmId(),
                  user.numericId(),
                  Authorisation.Intent.CHANGE,
                  "A session of " + user.username());
              return grant(by, checked, user);
            })
        .compose(grant -> create(by, grant, checkout, preparation));
  }

  private Future<Grant> grant(Principal by, SessionRequest wanted, User user) {
    return policyOf(wanted, user)
        .compose(
            policy ->
                realms
                    .get(user.realmId())
                    .map(realm -> grant(by, wanted, user, policy, realm.tier())));
  }

  private Future<Policy> policyOf(SessionRequest wanted, User user) {
    Integer named = wanted.policyId();
    Long item = wanted.attributes().jumpItemId();
    String type = wanted.attributes().jumpItemType();
    if (named == null && wanted.kind() == SessionKind.JUMP && item != null && type != null) {
      return jumpItems.policyOf(user.realmId(), type, item);
    }
    return policies.inRealm(user.realmId(), named);
  }

  private static Grant grant(
      Principal by, SessionRequest wanted, User user, Policy policy, Tier tier) {
    if (policy.approvalRequired() && !by.administers(user.realmId())) {
      throw CurfewException.of(
          ErrorCode.FORBIDDEN, "Policy " + policy.name() + " asks for an approval first");
    }
    MaximumDuration maximum = MaximumDuration.of(tier, policy.maxDuration(), policy.name());
    Duration length = wanted.duration();
    long duration = length == null ? maximum.millis() : length.toMillis();
    if (duration > maximum.millis()) {
      throw maximum.exceededBy("Session");
    }
    Terms terms =
        new Terms(
            policy.id(),
            user.realmId(),
            maximum.millis(),
            policy.maxIdle(),
            policy.staleAfter(),
            policy.thresholds());
    return new Grant(wanted, user, policy, terms, duration);
  }

  /**
   * Fails with WRONG_STATE when the user has as many live sessions as the policy allows. Only a
   * look: whether there is room is decided when the session is opened.
   */
  Future<Void> withinQuota(User user, Policy policy) {
    if (policy.quota() == 0) {
      return Future.succeededFuture();
    }
    return queries
        .liveOf(user.numericId(), Set.of(), policy.quota() + LARGEST_LOOK)
        .map(
            live -> {
              long counted =
                  live.stream()
                      .filter(session -> session.policyId() == policy.id())
                      .filter(session -> session.kind() != SessionKind.TOKEN)
                      .count();
              if (counted >= policy.quota()) {
                throw CurfewException.of(ErrorCode.WRONG_STATE, limitReached(policy));
              }
              return null;
            });
  }

  private Future<SessionDetail> create(
      Principal by,
      Grant grant,
      NewSession.@Nullable CheckoutOpening checkout,
      Preparation preparation) {
    UUID id = ids.next();
    Initiator initiator = by.initiator(grant.user.numericId());
    return preparation
        .before(id)
        .compose(prepared -> numericIds.next())
        .compose(
            numericId ->
                rules
                    .prepare(id, grant.user, grant.wanted)
                    .compose(
                        ruled ->
                            create(
                                session(id, numericId, grant, checkout, ruled),
                                grant.policy,
                                ruled,
                                initiator)))
        .compose(created -> requireUser(grant.user, id))
        .compose(known -> shown(id));
  }

  /** Whoever was deleted while a session was opened for them does not keep it. */
  private Future<Void> requireUser(User user, UUID sessionId) {
    return userStore
        .find(user.id())
        .compose(
            found ->
                found.isPresent()
                    ? Future.succeededFuture()
                    : sessions
                        .ask(
                            new Command.Revoke(sessionId, Initiator.POLICY, "The user was deleted"))
                        .compose(
                            revoked ->
                                Future.failedFuture(
                                    CurfewException.notFound("User " + user.username()))));
  }

  /**
   * Opens a session that was granted before and given its ids then. Doing it again finds it open.
   *
   * @param createdBy numeric id of the user who asked for it
   * @return fails as the shard refuses it, with WRONG_STATE when the policy's quota is used up, and
   *     with NOT_FOUND when the user has been deleted
   */
  Future<Void> openGranted(
      NewSession session, User user, Policy policy, Initiator by, long createdBy) {
    return places
        .create(new Command.Create(session, by, createdBy), quota(session, policy))
        .compose(
            outcome ->
                outcome instanceof Outcome.Refused refused
                        && refused.code() != ErrorCode.ALREADY_EXISTS
                    ? Future.failedFuture(refused.toException())
                    : requireUser(user, session.id()));
  }

  private Future<Void> create(
      NewSession session, Policy policy, boolean ruled, Initiator initiator) {
    return places
        .create(session, initiator, quota(session, policy))
        .compose(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                CurfewException refusal = refused.toException();
                return ruled
                    ? rules
                        .withdraw(session.id())
                        .compose(withdrawn -> Future.failedFuture(refusal))
                    : Future.failedFuture(refusal);
              }
              return ruled
                  ? rules.applyWithinPatience(session.id(), initiator)
                  : Future.succeededFuture();
            });
  }

  private static QuotaPlaces.Quota quota(NewSession session, Policy policy) {
    return new QuotaPlaces.Quota(
        session.userId(),
        policy.id(),
        policy.quota(),
        QuotaAction.DENY_ACCESS,
        ErrorCode.WRONG_STATE,
        limitReached(policy));
  }

  private static String limitReached(Policy policy) {
    return "Session limit reached: policy "
        + policy.name()
        + " allows "
        + policy.quota()
        + " at a time";
  }

  private static NewSession session(
      UUID id,
      long numericId,
      Grant grant,
      NewSession.@Nullable CheckoutOpening checkout,
      boolean ruled) {
    SessionRequest wanted = grant.wanted;
    return new NewSession(
        id,
        numericId,
        wanted.kind(),
        grant.user.numericId(),
        grant.terms,
        wanted.startsAt(),
        grant.duration,
        wanted.kind() == SessionKind.JUMP,
        wanted.processInstance(),
        ruled || checkout != null,
        new NewSession.Details(
            AttributesJson.write(wanted.attributes()),
            wanted.ipv4Address(),
            wanted.ipv6Address(),
            checkout,
            null,
            grant.policy.quota() > 0));
  }

  private Future<SessionDetail> shown(UUID id) {
    return queries
        .find(id)
        .map(found -> found.orElseThrow(() -> CurfewException.notFound("Session " + id)));
  }

  private static SessionRequest checked(SessionRequest wanted) {
    Duration duration = wanted.duration();
    if (duration != null) {
      FieldRules.duration("duration", duration);
    }
    if (wanted.startsAt() < 0) {
      throw CurfewException.invalid("start", "must not be negative");
    }
    return wanted
        .with(checked(wanted.attributes()))
        .from(
            FieldRules.ipv4("ipv4Address", wanted.ipv4Address()),
            FieldRules.ipv6("ipv6Address", wanted.ipv6Address()))
        .ownedBy(
            FieldRules.optionalName(
                "processInstance", wanted.processInstance(), FieldRules.LONGEST_PERSONAL_NAME));
  }

  private static SessionAttributes checked(SessionAttributes attributes) {
    return new SessionAttributes(
        attributes.jumpItemId(),
        FieldRules.optionalName(
            "attributes.jumpItemType", attributes.jumpItemType(), FieldRules.LONGEST_NAME),
        FieldRules.optionalName(
            "attributes.deviceId", attributes.deviceId(), FieldRules.LONGEST_PERSONAL_NAME),
        FieldRules.optionalName(
            "attributes.deviceName", attributes.deviceName(), FieldRules.LONGEST_PERSONAL_NAME),
        FieldRules.optionalName(
            "attributes.resourceId", attributes.resourceId(), FieldRules.LONGEST_PERSONAL_NAME),
        FieldRules.optionalName(
            "attributes.resourceName",
            attributes.resourceName(),
            FieldRules.LONGEST_PERSONAL_NAME));
  }
}
