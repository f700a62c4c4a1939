package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

public final class MemberStore {
  private final Database database;

  public MemberStore(Database database) {
    this.database = database;
  }

  public record Beat(List<Member> members, List<ShardOwner> owners) {}

  private static final String BEAT =
      """
      INSERT INTO cluster_member AS m (id, name, roles, address, leaving, touches)
      VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (id) DO UPDATE
      SET seen_at = clock_timestamp(), leaving = EXCLUDED.leaving, touches = EXCLUDED.touches
      """;

  private static final String MEMBERS =
      "SELECT id, name, roles, address, ms(joined_at) AS joined_at, ms(seen_at) AS seen_at,"
          + " leaving, touches FROM cluster_member";

  public Future<Beat> beat(Member self) {
    return database
        .query(
            BEAT,
            Tuple.of(
                self.id(),
                self.name(),
                self.roles().toArray(String[]::new),
                self.address(),
                self.leaving(),
                self.touches().toArray(UUID[]::new)))
        .compose(done -> database.query(MEMBERS, Tuple.tuple()))
        .compose(
            rows -> {
              List<Member> members = new ArrayList<>();
              for (Row row : rows) {
                members.add(
                    new Member(
                        row.getUUID("id"),
                        row.getString("name"),
                        Set.of(row.getArrayOfStrings("roles")),
                        row.getString("address"),
                        row.getLong("joined_at"),
                        row.getLong("seen_at"),
                        row.getBoolean("leaving"),
                        Set.of(row.getArrayOfUUIDs("touches"))));
              }
              return new ShardStore(database).owners().map(owners -> new Beat(members, owners));
            });
  }

  public Future<Void> remove(UUID id) {
    return database.query("DELETE FROM cluster_member WHERE id = $1", Tuple.of(id)).mapEmpty();
  }
}
