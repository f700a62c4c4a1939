package dev.curfew.directory;

import dev.curfew.bus.Sessions;
import dev.curfew.fault.CurfewException;
import dev.curfew.grant.Grants;
import dev.curfew.grant.ProviderTarget;
import dev.curfew.realm.Resource;
import dev.curfew.realm.User;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.store.GrantSweepStore;
import dev.curfew.store.ResourceStore;
import dev.curfew.store.RuleStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resource rules of access sessions from their opening on. They are on record before the
 * session exists, and are applied once it does.
 */
public final class SessionRules {
  private static final Logger LOG = LoggerFactory.getLogger(SessionRules.class);

  /** More resources than this a session cannot reach. */
  private static final int MOST_RESOURCES = 500;

  /** How long the opening of a session waits for its rules to be answered. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** A rule that nobody has begun to apply after that time was forgotten. */
  private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(30);

  /** A session that does not exist after that time is not going to. */
  private static final Duration UNBORN_AFTER = Duration.ofMinutes(10);

  /** Most findings of one kind at a time. */
  private static final int MOST_FOUND = 500;

  private final Vertx vertx;
  private final ResourceStore resources;
  private final RuleStore store;
  private final GrantSweepStore left;
  private final Grants grants;
  private final Sessions sessions;
  private final SortableIds ids;

  SessionRules(
      Vertx vertx,
      ResourceStore resources,
      RuleStore store,
      GrantSweepStore left,
      Grants grants,
      Sessions sessions,
      SortableIds ids) {
    this.vertx = vertx;
    this.resources = resources;
    this.store = store;
    this.left = left;
    this.grants = grants;
    this.sessions = sessions;
    this.ids = ids;
  }

  /**
   * Puts the rules of a session to be opened on record.
   *
   * @return whether there are any; fails with NOT_FOUND when the one resource that is asked for is
   *     not one that the user may reach
   */
  Future<Boolean> prepare(UUID sessionId, User user, SessionRequest wanted) {
    if (wanted.kind() != SessionKind.ACCESS) {
      return Future.succeededFuture(false);
    }
    return resources
        .reachable(user.realmId(), user.numericId(), MOST_RESOURCES)
        .map(reachable -> rules(chosen(reachable, wanted.resource()), wanted))
        .compose(
            rules ->
                rules.isEmpty()
                    ? Future.succeededFuture(false)
                    : store.insert(sessionId, rules).map(true));
  }

  private static List<Resource> chosen(List<Resource> reachable, @Nullable String wanted) {
    if (wanted == null) {
      return reachable;
    }
    List<Resource> chosen =
        reachable.stream()
            .filter(
                resource ->
                    resource.id().toString().equals(wanted) || resource.name().equals(wanted))
            .toList();
    if (chosen.isEmpty()) {
      throw CurfewException.notFound("Resource");
    }
    return chosen;
  }

  private List<RuleStore.NewRow> rules(List<Resource> chosen, SessionRequest wanted) {
    List<RuleStore.NewRow> rules = new ArrayList<>();
    for (Resource resource : chosen) {
      add(rules, resource, 4, wanted.ipv4Address());
      add(rules, resource, 6, wanted.ipv6Address());
    }
    return rules;
  }

  private void add(
      List<RuleStore.NewRow> rules, Resource resource, int ipVersion, @Nullable String address) {
    if (address != null) {
      rules.add(
          new RuleStore.NewRow(
              ids.next(),
              resource.id(),
              resource.name(),
              ipVersion,
              address,
              ProviderTarget.sharedKey(resource.settings(), address)));
    }
  }

  /**
   * The session exists: its rules are applied.
   *
   * @return completes when all have been answered, and the session has ended if every one failed;
   *     or after a few seconds, while the rest goes on
   */
  Future<Void> applyWithinPatience(UUID sessionId, Initiator by) {
    Promise<Void> promise = Promise.promise();
    long timer = vertx.setTimer(PATIENCE.toMillis(), late -> promise.tryComplete());
    apply(sessionId, by)
        .onFailure(
            failure -> LOG.warn("Rules of session {} wait: {}", sessionId, failure.getMessage()))
        .onComplete(
            done -> {
              vertx.cancelTimer(timer);
              promise.tryComplete();
            });
    return promise.future();
  }

  private Future<Void> apply(UUID sessionId, Initiator by) {
    return grants
        .apply(sessionId, by)
        .compose(applied -> left.isRefused(sessionId))
        .compose(refused -> refused ? deny(sessionId) : Future.succeededFuture());
  }

  /** Nothing of what the session is for could be opened: it is no access, and must not look so. */
  private Future<Void> deny(UUID sessionId) {
    return sessions.ask(new Command.Stop(sessionId, Initiator.POLICY, EndReason.DENIED)).mapEmpty();
  }

  /**
   * Takes up what was left half-way: by a node that died between a session's opening and the answer
   * of a provider, or by an answer that came after the session's end.
   */
  public Future<Void> settle() {
    return left.withdrawUnborn(UNBORN_AFTER)
        .compose(withdrawn -> left.unanswered(FORGOTTEN_AFTER, MOST_FOUND))
        .onSuccess(found -> each(found, "has rules to apply", id -> apply(id, Initiator.WATCHDOG)))
        .compose(done -> left.refused(MOST_FOUND))
        .onSuccess(found -> each(found, "has no rule that holds", this::deny))
        .compose(done -> left.leftBehind(MOST_FOUND))
        .onSuccess(
            found -> each(found, "left rules behind", id -> grants.remove(id, Initiator.WATCHDOG)))
        .mapEmpty();
  }

  /** Begins the work for each, without waiting for any: a provider may be slow. */
  private static void each(List<UUID> sessions, String what, Function<UUID, Future<Void>> work) {
    for (UUID id : sessions) {
      LOG.info("Session {} {}", id, what);
      work.apply(id).onFailure(failure -> LOG.debug("Session {}: {}", id, failure.getMessage()));
    }
  }

  /** The session was refused: its rules never held. */
  Future<Void> withdraw(UUID sessionId) {
    return store.withdraw(sessionId);
  }
}
