package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.ApprovalScope;
import dev.curfew.realm.Page;
import dev.curfew.realm.Policy;
import dev.curfew.store.PolicyRow;
import dev.curfew.store.PolicyStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What sessions are granted under. A change holds for sessions created from then on, that of the
 * retention for all recordings.
 */
public final class Policies {
  private static final int LARGEST_QUOTA = 1_000_000;

  private final PolicyStore store;
  private final Realms realms;
  private final PolicyDefaults defaults;
  private final Notices notices;

  Policies(PolicyStore store, Realms realms, PolicyDefaults defaults, Notices notices) {
    this.store = store;
    this.realms = realms;
    this.defaults = defaults;
    this.notices = notices;
  }

  /**
   * For administrators of the realm.
   *
   * @param realm null for the caller's own
   */
  public Future<Policy> create(Principal by, @Nullable String realm, PolicyTerms terms) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    PolicyRow row = row(terms);
    Future<Integer> realmId =
        realm == null
            ? Future.succeededFuture(by.realmId())
            : realms.resolve(by, realm).map(found -> found.id());
    return realmId
        .compose(into -> store.insert(into, row, by.administrator()))
        .onSuccess(made -> notices.events());
  }

  /** For whoever belongs to the realm. */
  public Future<Policy> get(Principal by, int id) {
    return store
        .find(id)
        .map(
            found ->
                found
                    .filter(policy -> by.is(Role.ADMIN) || policy.realmId() == by.realmId())
                    .orElseThrow(() -> notFound(id)));
  }

  /** For administrators and auditors: those of the realm, or all. In the order of their ids. */
  public Future<Page<Policy>> list(Principal by, PageRequest page) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    int after = page.key(Integer::valueOf).orElse(0);
    return store
        .list(Realms.visibleTo(by), after, page.rows())
        .map(rows -> page.page(rows, Policy::id));
  }

  /** What the terms do not say returns to its default. For administrators of the realm. */
  public Future<Policy> replace(Principal by, int id, PolicyTerms terms) {
    PolicyRow row = row(terms);
    return get(by, id)
        .compose(
            policy -> {
              Authorisation.requireAdministrator(by, policy.realmId(), "Policy " + id);
              return store.replace(id, row, by.administrator());
            })
        .map(changed -> changed.orElseThrow(() -> notFound(id)))
        .onSuccess(changed -> notices.events());
  }

  /**
   * Changes how sessions under a policy are approved and warned of; a null leaves what is there.
   * For administrators of the realm.
   */
  public Future<Policy> changeApproval(
      Principal by,
      int id,
      @Nullable Boolean required,
      @Nullable Duration maxDuration,
      @Nullable ApprovalScope scope,
      @Nullable List<Duration> warnBefore) {
    Long longest =
        maxDuration == null ? null : FieldRules.duration("approval_max_duration", maxDuration);
    List<Long> warnings = FieldRules.thresholds("warnBefore", warnBefore);
    return get(by, id)
        .compose(
            policy -> {
              Authorisation.requireAdministrator(by, policy.realmId(), "Policy " + id);
              return store.changeApproval(
                  id, required, longest, scope, warnings, by.administrator());
            })
        .map(changed -> changed.orElseThrow(() -> notFound(id)))
        .onSuccess(changed -> notices.events());
  }

  /** The policy of this id in a realm; of the realm's default without an id. */
  Future<Policy> inRealm(int realmId, @Nullable Integer id) {
    return id == null
        ? store.defaultOf(realmId)
        : store
            .find(id)
            .map(
                found ->
                    found
                        .filter(policy -> policy.realmId() == realmId)
                        .orElseThrow(() -> notFound(id)));
  }

  /** What a policy is called, deleted or not. */
  Future<String> nameOf(int id) {
    return store.nameOf(id).map(name -> name.orElse(Integer.toString(id)));
  }

  private PolicyRow row(PolicyTerms terms) {
    Integer quota = terms.quota();
    if (quota != null && (quota < 1 || quota > LARGEST_QUOTA)) {
      throw CurfewException.invalid("quota", "must be from 1 to " + LARGEST_QUOTA);
    }
    return new PolicyRow(
        FieldRules.name("name", terms.name(), FieldRules.LONGEST_NAME),
        duration("maxDuration", terms.maxDuration(), 0),
        duration("maxIdle", terms.maxIdle(), 0),
        duration("staleAfter", terms.staleAfter(), defaults.staleAfter()),
        FieldRules.thresholds("warnBefore", terms.warnBefore()),
        terms.recordingRetention(),
        quota == null ? 0 : quota,
        terms.approvalRequired(),
        duration(
            "approvalMaxDuration",
            terms.approvalMaxDuration(),
            PolicyDefaults.APPROVAL_MAX_DURATION));
  }

  private static long duration(String field, @Nullable Duration value, long otherwise) {
    return value == null ? otherwise : FieldRules.duration(field, value);
  }

  private static CurfewException notFound(int id) {
    return CurfewException.notFound("Policy " + id);
  }
}
