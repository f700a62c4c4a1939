package dev.curfew.grant;

import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceRule;
import dev.curfew.session.Initiator;
import dev.curfew.store.Database;
import dev.curfew.store.GrantStore;
import dev.curfew.store.RuleCall;
import dev.curfew.store.RuleClaim;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Applies and removes the resource rules of sessions. May be used from any thread. */
public final class Grants {
  private static final Logger LOG = LoggerFactory.getLogger(Grants.class);

  /** Calls under way to one target at a time. */
  private static final int CALLS_PER_TARGET = 8;

  /** How long a claim holds: twice what a call may take. */
  private static final Duration LEASE = OutboundClient.TIMEOUT.multipliedBy(2);

  /** Between two looks at a rule that another call has. */
  private static final Duration BUSY_PAUSE = Duration.ofMillis(100);

  /** How long a rule to be applied waits for calls that share its key. */
  private static final Duration BUSY_PATIENCE = Duration.ofSeconds(90);

  /** The same for one to be removed, which is asked for again soon. */
  private static final Duration REMOVAL_PATIENCE = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final GrantStore store;
  private final Map<Resource.Provider, RuleProvider> providers;
  private final TargetGuard guard;
  private final ProviderSecrets secrets;
  private final Bus bus;
  private final Lanes lanes = new Lanes(CALLS_PER_TARGET);

  /** Sessions whose rules are being applied by this node. */
  private final Map<UUID, Future<Void>> applying = new ConcurrentHashMap<>();

  /** Sessions whose rules are being removed by this node. */
  private final Map<UUID, Future<Void>> rounds = new ConcurrentHashMap<>();

  /** Calls of this node that are under way, by rule. */
  private final Map<UUID, Future<?>> calls = new ConcurrentHashMap<>();

  /** Rules whose last removal by this node failed. */
  private final Set<UUID> stuck = ConcurrentHashMap.newKeySet();

  /**
   * The rules of a node.
   *
   * @param clock the cluster's, in epoch milliseconds
   */
  public Grants(
      Vertx vertx,
      Database database,
      Bus bus,
      OutboundClient outbound,
      SecretBox secrets,
      LongSupplier clock) {
    this.vertx = vertx;
    this.store = new GrantStore(database);
    this.providers =
        Map.of(
            Resource.Provider.WEBHOOK,
            new WebhookProvider(outbound, clock),
            Resource.Provider.AWS_SECURITY_GROUP,
            new SecurityGroupProvider(vertx, outbound));
    this.guard = outbound.guard();
    this.secrets = new ProviderSecrets(secrets);
    this.bus = bus;
  }

  /** What every address of a provider must pass. */
  public TargetGuard guard() {
    return guard;
  }

  /** Seals what resources' settings keep secret. */
  public ProviderSecrets secrets() {
    return secrets;
  }

  /** How many rules could not be removed when this node last tried. */
  public int stuckRemovals() {
    return stuck.size();
  }

  // Applying

  /**
   * Applies what rules of a live session have not been answered yet.
   *
   * @return completes when all are answered, whichever way
   */
  public Future<Void> apply(UUID sessionId, Initiator by) {
    return once(applying, sessionId, () -> applyAll(sessionId, by));
  }

  private Future<Void> applyAll(UUID sessionId, Initiator by) {
    return store
        .applyOnRecord(sessionId, by)
        .onSuccess(done -> announce())
        .compose(done -> store.open(sessionId, ResourceRule.Status.PENDING))
        .compose(
            rules ->
                all(rules, rule -> applied(rule, by, System.nanoTime() + BUSY_PATIENCE.toNanos())));
  }

  private Future<Void> applied(GrantStore.OpenRule rule, Initiator by, long giveUpAt) {
    return inLane(rule, () -> applyOnce(rule.id(), by))
        .compose(
            claim ->
                claim instanceof RuleClaim.Busy && System.nanoTime() < giveUpAt
                    ? pause().compose(rested -> applied(rule, by, giveUpAt))
                    : Future.succeededFuture());
  }

  private Future<RuleClaim> applyOnce(UUID ruleId, Initiator by) {
    return store
        .claimToApply(ruleId, LEASE)
        .compose(
            claim ->
                claim instanceof RuleClaim.Granted granted
                    ? underWay(ruleId, () -> apply(granted.call(), by)).map(claim)
                    : Future.succeededFuture(claim));
  }

  private Future<Void> apply(RuleCall call, Initiator by) {
    return provider(call, (provider, secret) -> provider.apply(call, secret))
        .otherwise(failure -> new RuleProvider.Answer.Refused(reason(failure), true))
        .compose(answer -> record(call, answer, by))
        .onSuccess(recorded -> announce())
        .compose(
            inTime -> {
              if (!inTime) {
                LOG.warn(
                    "Rule {} of session {} was answered too late and is removed",
                    call.ruleId(),
                    call.sessionId());
                removeSoon(call.sessionId());
              }
              return Future.succeededFuture();
            });
  }

  private Future<Boolean> record(RuleCall call, RuleProvider.Answer answer, Initiator by) {
    if (answer instanceof RuleProvider.Answer.Applied applied) {
      return store.applied(call, applied.providerRuleId(), by);
    }
    RuleProvider.Answer.Refused refused = (RuleProvider.Answer.Refused) answer;
    LOG.warn(
        "Rule {} of session {} for {} was not applied: {}",
        call.ruleId(),
        call.sessionId(),
        call.resourceName(),
        refused.message());
    return store.failed(call, refused.message(), refused.mayHold(), by);
  }

  private void removeSoon(UUID sessionId) {
    remove(sessionId, Initiator.POLICY)
        .onFailure(failure -> LOG.debug("Session {}: {}", sessionId, failure.getMessage()));
  }

  // Removing

  /**
   * Removes what rules of a session that is over may hold: each is tried once, if it is due.
   *
   * @return fails with UNAVAILABLE while any may still hold; asking again later is what removes it
   */
  public Future<Void> remove(UUID sessionId, Initiator by) {
    return once(rounds, sessionId, () -> round(sessionId, by));
  }

  private Future<Void> round(UUID sessionId, Initiator by) {
    return store
        .removeOnRecord(sessionId, by)
        .onSuccess(done -> announce())
        .compose(done -> store.open(sessionId, null))
        .compose(
            rules ->
                all(
                    rules,
                    rule -> removed(rule, by, System.nanoTime() + REMOVAL_PATIENCE.toNanos())))
        .compose(done -> store.open(sessionId, null))
        .compose(
            left ->
                left.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        CurfewException.of(
                            ErrorCode.UNAVAILABLE,
                            left.size() + " resource rules are still to be removed")));
  }

  private Future<Void> removed(GrantStore.OpenRule rule, Initiator by, long giveUpAt) {
    return inLane(rule, () -> removeOnce(rule.id(), by))
        .compose(
            claim -> {
              if (!(claim instanceof RuleClaim.Busy)) {
                return Future.succeededFuture();
              }
              Future<?> call = calls.get(rule.id());
              if (call != null) {
                // Applying it is under way here: once that is answered, it is removed.
                return call.transform(done -> removed(rule, by, giveUpAt));
              }
              return System.nanoTime() < giveUpAt
                  ? pause().compose(rested -> removed(rule, by, giveUpAt))
                  : Future.succeededFuture();
            });
  }

  private Future<RuleClaim> removeOnce(UUID ruleId, Initiator by) {
    return store
        .claimToRemove(ruleId, LEASE, by)
        .compose(
            claim -> {
              if (claim instanceof RuleClaim.Granted granted) {
                return underWay(ruleId, () -> remove(granted.call(), by)).map(claim);
              }
              if (claim instanceof RuleClaim.Settled) {
                stuck.remove(ruleId);
                announce();
              }
              return Future.succeededFuture(claim);
            });
  }

  private Future<Void> remove(RuleCall call, Initiator by) {
    return provider(call, (provider, secret) -> provider.remove(call, secret))
        .transform(
            done -> done.succeeded() ? gone(call, by) : stillThere(call, reason(done.cause()), by))
        .onSuccess(recorded -> announce());
  }

  private Future<Void> gone(RuleCall call, Initiator by) {
    stuck.remove(call.ruleId());
    if (call.attempts() > 0) {
      LOG.info(
          "Rule {} of session {} is removed, after {} attempts that failed",
          call.ruleId(),
          call.sessionId(),
          call.attempts());
    }
    return store.removed(call, by);
  }

  private Future<Void> stillThere(RuleCall call, String why, Initiator by) {
    stuck.add(call.ruleId());
    if (call.attempts() == 0) {
      LOG.warn(
          "Rule {} of session {} for {} could not be removed and may hold; trying until it is: {}",
          call.ruleId(),
          call.sessionId(),
          call.resourceName(),
          why);
    } else {
      LOG.debug("Rule {} could not be removed: {}", call.ruleId(), why);
    }
    return store.removalFailed(call, why, by);
  }

  // Calling

  /** What is asked of a provider. */
  private interface Request<T> {
    Future<T> of(RuleProvider provider, Optional<Secret> secret);
  }

  private <T> Future<T> provider(RuleCall call, Request<T> request) {
    Resource.Provider kind = call.settings().provider();
    RuleProvider provider = providers.get(kind);
    if (provider == null) {
      return Future.failedFuture(
          CurfewException.of(ErrorCode.INTERNAL, "Provider " + kind.wireName() + " has no calls"));
    }
    try {
      return request.of(provider, secrets.open(call.secret(), call.resourceId()));
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  /** In words for the session's user: what is not typed may tell of the inside. */
  private static String reason(Throwable failure) {
    if (failure instanceof CurfewException known && known.code() != ErrorCode.INTERNAL) {
      return known.getMessage();
    }
    LOG.error("A provider could not be called", failure);
    return "The provider could not be called";
  }

  private Future<RuleClaim> inLane(GrantStore.OpenRule rule, Supplier<Future<RuleClaim>> work) {
    return lanes.run(ProviderTarget.lane(rule.realmId(), rule.settings()), work);
  }

  private Future<Void> underWay(UUID ruleId, Supplier<Future<Void>> call) {
    Promise<Void> promise = Promise.promise();
    calls.put(ruleId, promise.future());
    return call.get()
        .onComplete(
            done -> {
              calls.remove(ruleId, promise.future());
              promise.complete();
            });
  }

  /** What is under way for a session is not begun once more. */
  private static Future<Void> once(
      Map<UUID, Future<Void>> underWay, UUID sessionId, Supplier<Future<Void>> work) {
    Promise<Void> promise = Promise.promise();
    Future<Void> begun = underWay.putIfAbsent(sessionId, promise.future());
    if (begun != null) {
      return begun;
    }
    work.get()
        .onComplete(
            done -> {
              underWay.remove(sessionId);
              if (done.succeeded()) {
                promise.complete();
              } else {
                promise.fail(done.cause());
              }
            });
    return promise.future();
  }

  private Future<Void> pause() {
    Promise<Void> rested = Promise.promise();
    vertx.setTimer(BUSY_PAUSE.toMillis(), timer -> rested.complete());
    return rested.future();
  }

  private void announce() {
    bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
  }

  /** Does the same with all; what fails is on record or found again, and stops none of them. */
  private static Future<Void> all(
      List<GrantStore.OpenRule> rules, Function<GrantStore.OpenRule, Future<Void>> work) {
    List<Future<Void>> begun = new ArrayList<>(rules.size());
    rules.forEach(
        rule ->
            begun.add(
                work.apply(rule)
                    .onFailure(
                        failure ->
                            LOG.warn(
                                "Rule {} is left as it is for now: {}",
                                rule.id(),
                                failure.getMessage()))
                    .otherwiseEmpty()));
    return Future.join(begun).mapEmpty();
  }
}
