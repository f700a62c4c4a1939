package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Resource;
import dev.curfew.realm.User;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.store.ResourceStore;
import dev.curfew.store.RuleStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The resource rules of an access session from its opening on. They are on record before the
 * session exists and hold once it does; all of provider {@code none}, so holding is a matter of
 * record too.
 */
final class SessionRules {
  /** More resources than this a session cannot reach. */
  private static final int MOST_RESOURCES = 500;

  private final ResourceStore resources;
  private final RuleStore store;
  private final SortableIds ids;
  private final Notices notices;

  SessionRules(ResourceStore resources, RuleStore store, SortableIds ids, Notices notices) {
    this.resources = resources;
    this.store = store;
    this.ids = ids;
    this.notices = notices;
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
          new RuleStore.NewRow(ids.next(), resource.id(), resource.name(), ipVersion, address));
    }
  }

  /** The session exists: its rules hold. */
  Future<Void> apply(UUID sessionId, Initiator by) {
    return store.apply(sessionId, by).onSuccess(applied -> notices.events());
  }

  /** The session was refused: its rules never held. */
  Future<Void> withdraw(UUID sessionId) {
    return store.withdraw(sessionId);
  }
}
