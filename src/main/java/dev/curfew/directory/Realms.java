package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Page;
import dev.curfew.realm.Realm;
import dev.curfew.session.Tier;
import dev.curfew.store.RealmStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Organisations and their tiers. */
public final class Realms {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private final RealmStore store;
  private final PolicyDefaults defaults;
  private final Notices notices;

  Realms(RealmStore store, PolicyDefaults defaults, Notices notices) {
    this.store = store;
    this.defaults = defaults;
    this.notices = notices;
  }

  /** Makes a realm whose sessions are warned as the configuration says. */
  public Future<Realm> create(Principal by, String name, Tier tier) {
    return create(by, name, tier, null);
  }

  /**
   * Makes a realm with its default policy. For administrators of all.
   *
   * @param warnBefore null for what the configuration says; empty for no warning
   */
  public Future<Realm> create(
      Principal by, String name, Tier tier, @Nullable List<Duration> warnBefore) {
    Authorisation.requireAdministratorOfAll(by);
    List<Long> thresholds = FieldRules.thresholds("warnBefore", warnBefore);
    if (!NAME.matcher(name).matches()) {
      throw CurfewException.invalid(
          "name",
          "must be at most 63 letters, digits, dots, hyphens and underscores, the first a letter or"
              + " digit");
    }
    return store
        .insert(name, tier, thresholds, defaults.policy(), by.administrator())
        .onSuccess(made -> notices.events());
  }

  /** By name; an administrator or auditor of one realm sees that one. */
  public Future<Page<Realm>> list(Principal by, PageRequest page) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    String after = page.key(Function.identity()).orElse("");
    return store.list(visibleTo(by), after, page.rows()).map(rows -> page.page(rows, Realm::name));
  }

  /** The tier alone; see {@link #change}. */
  public Future<Realm> changeTier(Principal by, String name, Tier tier) {
    return change(by, name, RealmChange.NOTHING.withTier(tier));
  }

  /**
   * A tier holds for sessions created and extended from then on, thresholds for sessions created
   * from then on; where the search of recordings is switched off, their text is forgotten. For
   * administrators of the realm, the tier for administrators of all.
   */
  public Future<Realm> change(Principal by, String name, RealmChange change) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    if (change.tier() != null) {
      Authorisation.requireAdministratorOfAll(by);
    }
    List<Long> thresholds = FieldRules.thresholds("warnBefore", change.warnBefore());
    return resolve(by, name)
        .compose(
            realm ->
                store.change(
                    realm.id(),
                    change.tier(),
                    change.setsWarnBefore(),
                    thresholds,
                    change.recordingSearch(),
                    by.administrator()))
        .onSuccess(changed -> notices.credentials());
  }

  /**
   * The realm of this name, as far as the caller may know of it.
   *
   * @return fails with NOT_FOUND
   */
  Future<Realm> resolve(Principal by, String name) {
    return store
        .find(name)
        .map(
            found -> {
              Optional<Realm> visible =
                  found.filter(realm -> by.is(Role.ADMIN) || realm.id() == by.realmId());
              return visible.orElseThrow(() -> notFound(name));
            });
  }

  /** The realm of this name, for whoever names it before anybody is known. */
  public Future<Optional<Realm>> named(String name) {
    return store.find(name);
  }

  /** The one realm whose objects the caller may know of; null for all. */
  static @Nullable Integer visibleTo(Principal by) {
    return by.is(Role.ADMIN) ? null : by.realmId();
  }

  private static CurfewException notFound(String name) {
    return CurfewException.notFound("Realm " + name);
  }
}
