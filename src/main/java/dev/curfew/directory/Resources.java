package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.grant.ProviderSecrets;
import dev.curfew.realm.Page;
import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceRule;
import dev.curfew.realm.User;
import dev.curfew.store.ResourceStore;
import dev.curfew.store.RuleStore;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What access sessions open the way to, and the rules that say so. */
public final class Resources {
  private static final int MOST_USERS = 1_000;

  private final ResourceStore store;
  private final RuleStore ruleStore;
  private final SettingsRules rules;
  private final ProviderSecrets secrets;
  private final Users users;
  private final SortableIds ids;
  private final Notices notices;

  Resources(
      ResourceStore store,
      RuleStore ruleStore,
      SettingsRules rules,
      ProviderSecrets secrets,
      Users users,
      SortableIds ids,
      Notices notices) {
    this.store = store;
    this.ruleStore = ruleStore;
    this.rules = rules;
    this.secrets = secrets;
    this.users = users;
    this.ids = ids;
    this.notices = notices;
  }

  /** In the caller's realm, for its administrators. */
  public Future<Resource> create(Principal by, NewResource wanted) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    String name = FieldRules.name("name", wanted.name(), FieldRules.LONGEST_NAME);
    Resource.Provider provider =
        Resource.Provider.ofWireName(wanted.provider())
            .orElseThrow(
                () ->
                    CurfewException.invalid(
                        "provider", "must be one of none, webhook, aws-security-group"));
    if (wanted.users().size() > MOST_USERS) {
      throw CurfewException.invalid("users", "must have at most " + MOST_USERS + " elements");
    }
    Future<SettingsRules.Admitted> settings = rules.admit(by, provider, wanted.settings());
    return numericIds(by, wanted.users())
        .compose(allowed -> settings.compose(admitted -> create(by, name, admitted, allowed)))
        .onSuccess(made -> notices.events());
  }

  private Future<Resource> create(
      Principal by, String name, SettingsRules.Admitted admitted, Set<Integer> users) {
    UUID id = ids.next();
    Secret secret = admitted.secret();
    return store.insert(
        id,
        by.realmId(),
        name,
        admitted.settings(),
        secret == null ? null : secrets.seal(secret, id),
        users,
        by.administrator());
  }

  private Future<Set<Integer>> numericIds(Principal by, List<String> anyForms) {
    Future<Set<Integer>> found = Future.succeededFuture(new HashSet<>());
    for (String anyForm : anyForms) {
      found =
          found.compose(
              before ->
                  users
                      .resolve(by, anyForm)
                      .map(
                          user -> {
                            before.add(requireMember(by, user).numericId());
                            return before;
                          }));
    }
    return found;
  }

  private static User requireMember(Principal by, User user) {
    if (user.realmId() != by.realmId()) {
      throw CurfewException.invalid("users", "must belong to the realm of the resource");
    }
    return user;
  }

  /** For administrators and auditors: those of the realm, or all. Newest first. */
  public Future<Page<Resource>> list(Principal by, PageRequest page) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    @Nullable UUID after = page.key(UUID::fromString).orElse(null);
    return store
        .list(Realms.visibleTo(by), after, page.rows())
        .map(rows -> page.page(rows, Resource::id));
  }

  /**
   * The rules of sessions that the caller has been shown, by session; sessions without rules are
   * left out.
   */
  public Future<Map<UUID, List<ResourceRule>>> rulesOf(Collection<UUID> sessionIds) {
    return sessionIds.isEmpty()
        ? Future.succeededFuture(Map.of())
        : ruleStore.ofSessions(sessionIds);
  }
}
