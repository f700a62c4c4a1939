package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The members of the cluster, each of which says here again and again that it is alive. */
public final class MemberStore {
  private final Database database;

  public MemberStore(Database database) {
    this.database = database;
  }

  /**
   * A member as its row and the server's sessions say.
   *
   * @param connected whether the server has any session of it
   */
  public record Sighting(Member member, boolean connected) {}

  /**
   * The cluster at one moment, which is when the member that reads it said that it is alive.
   *
   * @param members all that have not left, itself among them
   * @param owners whose each shard is, by shard
   */
  public record Beat(List<Sighting> members, List<ShardOwner> owners) {
    public Beat {
      members = List.copyOf(members);
      owners = List.copyOf(owners);
    }
  }

  /** The rows as they were before, and the member's own as it is from now on. */
  private static final String BEAT =
      """
      WITH own AS (
        INSERT INTO cluster_member (id, name, roles, address, leaving, touches)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE
        SET seen_at = clock_timestamp(), address = EXCLUDED.address, leaving = EXCLUDED.leaving,
            touches = EXCLUDED.touches
        RETURNING *
      ), present AS (
        SELECT * FROM own
        UNION ALL
        SELECT * FROM cluster_member WHERE id <> $1
      ), ownership AS (
        SELECT array_agg(member ORDER BY shard) AS owner_members,
          array_agg(node ORDER BY shard) AS owner_nodes,
          array_agg(epoch ORDER BY shard) AS owner_epochs
        FROM shard_owner
      )
      SELECT id, name, roles, address, ms(joined_at) AS joined_at, ms(seen_at) AS seen_at, leaving,
        touches, owner_members, owner_nodes, owner_epochs,
        EXISTS (
          SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND application_name = $7 || id) AS connected
      FROM present LEFT JOIN ownership ON id = $1
      """;

  /**
   * Says that a member is alive, and reads what all have said. A row that somebody has removed is
   * written again. Not to be called again before it has answered.
   *
   * @param self as its row is to be; the times in it are the server's, whatever they are here
   * @param patience how long the answer may take
   */
  public Future<Beat> beat(Member self, Duration patience) {
    return database
        .beat(
            BEAT,
            Tuple.of(
                self.id(),
                self.name(),
                self.roles().toArray(String[]::new),
                self.address(),
                self.leaving(),
                self.touches().toArray(UUID[]::new),
                Database.SESSIONS_OF),
            patience)
        .map(
            rows -> {
              List<Sighting> members = new ArrayList<>(rows.size());
              List<ShardOwner> owners = new ArrayList<>();
              for (Row row : rows) {
                members.add(new Sighting(member(row), row.getBoolean("connected")));
                if (row.getUUID("id").equals(self.id())) {
                  addOwners(owners, row);
                }
              }
              return new Beat(members, owners);
            });
  }

  static Member member(Row row) {
    return new Member(
        row.getUUID("id"),
        row.getString("name"),
        Set.of(row.getArrayOfStrings("roles")),
        row.getString("address"),
        row.getLong("joined_at"),
        row.getLong("seen_at"),
        row.getBoolean("leaving"),
        Set.of(row.getArrayOfUUIDs("touches")));
  }

  private static void addOwners(List<ShardOwner> owners, Row row) {
    UUID[] members = row.getArrayOfUUIDs("owner_members");
    String[] nodes = row.getArrayOfStrings("owner_nodes");
    Long[] epochs = row.getArrayOfLongs("owner_epochs");
    for (int shard = 0; shard < members.length; shard++) {
      owners.add(new ShardOwner(members[shard], nodes[shard], epochs[shard]));
    }
  }

  private static final String REMOVE = "DELETE FROM cluster_member WHERE id = $1";

  /** A member has left for good. */
  public Future<Void> remove(UUID id, Duration patience) {
    return database.beat(REMOVE, Tuple.of(id), patience).mapEmpty();
  }

  private static final String FORGET =
      "DELETE FROM cluster_member WHERE seen_at < clock_timestamp() - make_interval(secs => $1)";

  /** Removes members that ended without leaving, so long ago that nobody asks for them. */
  public Future<Void> forget(Duration silent) {
    return database.query(FORGET, Tuple.of((double) silent.toSeconds())).mapEmpty();
  }
}
