package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.JumpItem;
import dev.curfew.realm.Policy;
import dev.curfew.store.JumpItemStore;
import io.vertx.core.Future;

/** Endpoints of the PRA dialect and the policies of their sessions. */
public final class JumpItems {
  private final JumpItemStore store;
  private final Policies policies;
  private final Notices notices;

  JumpItems(JumpItemStore store, Policies policies, Notices notices) {
    this.store = store;
    this.policies = policies;
    this.notices = notices;
  }

  /**
   * Binds an item to a policy, in the policy's realm, replacing what it was bound to. For
   * administrators.
   */
  public Future<JumpItem> bind(Principal by, String type, long id, String name, int policyId) {
    String itemType = FieldRules.name("jumpItemType", type, FieldRules.LONGEST_NAME);
    String itemName = FieldRules.name("name", name, FieldRules.LONGEST_PERSONAL_NAME);
    if (id < 1) {
      throw CurfewException.invalid("jumpItemId", "must be at least 1");
    }
    return policies
        .get(by, policyId)
        .compose(
            policy -> {
              Authorisation.requireAdministrator(by, policy.realmId(), "Policy " + policyId);
              JumpItem item = new JumpItem(policy.realmId(), itemType, id, itemName, policyId);
              return store.bind(item, by.administrator()).map(item);
            })
        .onSuccess(bound -> notices.events());
  }

  /** The policy of an item's sessions: the one it is bound to, else the realm's default. */
  Future<Policy> policyOf(int realmId, String type, long id) {
    return store
        .policyOf(realmId, type, id)
        .compose(bound -> policies.inRealm(realmId, bound.orElse(null)));
  }
}
