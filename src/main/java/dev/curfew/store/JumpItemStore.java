package dev.curfew.store;

import dev.curfew.realm.JumpItem;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/** Jump items and the policies that they are bound to. */
public final class JumpItemStore {
  private final Database database;

  public JumpItemStore(Database database) {
    this.database = database;
  }

  private static final String BIND =
      """
      INSERT INTO jump_item (realm_id, item_type, item_id, name, policy_id)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (realm_id, item_type, item_id)
      DO UPDATE SET name = EXCLUDED.name, policy_id = EXCLUDED.policy_id
      """;

  /** Binds an item, replacing what it was bound to. */
  public Future<Void> bind(JumpItem item, Initiator by) {
    return database.transaction(
        on ->
            Database.query(
                    on,
                    BIND,
                    Tuple.of(item.realmId(), item.type(), item.id(), item.name(), item.policyId()))
                .compose(
                    bound ->
                        AdminChange.CHANGED.write(
                            on,
                            item.realmId(),
                            "jump-item",
                            item.type() + "/" + item.id(),
                            item.name(),
                            by)));
  }

  private static final String POLICY =
      "SELECT policy_id FROM jump_item WHERE realm_id = $1 AND item_type = $2 AND item_id = $3";

  /** The policy that an item is bound to. */
  public Future<Optional<Integer>> policyOf(int realmId, String type, long id) {
    return database
        .query(POLICY, Tuple.of(realmId, type, id))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(row.getInteger(0));
              }
              return Optional.empty();
            });
  }
}
