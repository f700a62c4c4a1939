package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Whose the shards are. */
public final class ShardStore {
  private final Database database;

  public ShardStore(Database database) {
    this.database = database;
  }

  private static final String OWNERS = "SELECT member, node, epoch FROM shard_owner ORDER BY shard";

  /** Whose each shard is, by shard. */
  public Future<List<ShardOwner>> owners() {
    return database
        .query(OWNERS, Tuple.tuple())
        .map(
            rows -> {
              List<ShardOwner> owners = new ArrayList<>(rows.size());
              for (Row row : rows) {
                owners.add(
                    new ShardOwner(
                        row.getUUID("member"), row.getString("node"), row.getLong("epoch")));
              }
              return owners;
            });
  }

  private static final String TAKE =
      """
      UPDATE shard_owner
      SET node = $1, member = $2, epoch = epoch + 1, batch = 0, refused = '{}', voided = 0,
          taken_at = clock_timestamp()
      WHERE shard = $3 AND epoch = $4
      RETURNING epoch
      """;

  /**
   * Makes a member the owner of a shard, if nobody has taken it since it was looked at. Waits for a
   * batch of the owner before, if one is under way.
   *
   * @param seen the epoch when it was looked at
   * @return the new epoch; {@link #NOT_TAKEN} when the epoch is another by now
   */
  public Future<Long> take(int shard, String node, UUID member, long seen) {
    return database
        .query(TAKE, Tuple.of(node, member, (short) shard, seen))
        .map(rows -> rows.rowCount() == 0 ? NOT_TAKEN : rows.iterator().next().getLong(0));
  }

  /** Somebody else was quicker. */
  public static final long NOT_TAKEN = -1;

  private static final String RELEASE =
      "UPDATE shard_owner SET member = NULL WHERE shard = ANY ($1::smallint[]) AND member = $2";

  /** Hands shards over to whoever takes them next; those that are another's already stay so. */
  public Future<Void> release(List<Integer> shards, UUID member) {
    return database
        .query(
            RELEASE,
            Tuple.of(shards.stream().map(Integer::shortValue).toArray(Short[]::new), member))
        .mapEmpty();
  }
}
