package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** What the database knows of the cluster and of what waits in it, for people to read. */
public final class ClusterReads {
  private final Database database;

  public ClusterReads(Database database) {
    this.database = database;
  }

  private static final String MEMBERS =
      """
      SELECT id, name, roles, address, ms(joined_at) AS joined_at, ms(seen_at) AS seen_at, leaving,
        touches
      FROM cluster_member
      """;

  /** All members that have not left, those too of which nothing has been heard for long. */
  public Future<List<Member>> members() {
    return database
        .query(MEMBERS, Tuple.tuple())
        .map(
            rows -> {
              List<Member> members = new ArrayList<>(rows.size());
              rows.forEach(row -> members.add(MemberStore.member(row)));
              return members;
            });
  }

  /**
   * What waits in the whole installation.
   *
   * @param unsealedEvents of the log, counted no further than {@link #MOST_COUNTED}
   * @param oldestUnsealedMillis how long the first of them has waited; 0 for none
   * @param pendingDeliveries messages to others that are not delivered yet
   * @param oldestDeliveryMillis how long the first of them has waited; 0 for none
   */
  public record Backlog(
      long unsealedEvents,
      long oldestUnsealedMillis,
      long pendingDeliveries,
      long oldestDeliveryMillis) {}

  /** How far unsealed events are counted. */
  public static final int MOST_COUNTED = 10_000;

  private static final String UNSEALED =
      """
      SELECT count(*) AS events,
        COALESCE(GREATEST(ms(clock_timestamp()) - ms(min(waiting.recorded_at)), 0), 0) AS oldest
      FROM (
        SELECT e.recorded_at FROM event e
        WHERE (e.xid, e.id) > ($1::text::xid8, $2::bigint)
        LIMIT $3::bigint) waiting
      """;

  public Future<Backlog> backlog() {
    return new SealStore(database)
        .progress()
        .compose(
            progress ->
                database.query(
                    UNSEALED,
                    Tuple.of(
                        Long.toUnsignedString(progress.place().xid()),
                        progress.place().id(),
                        (long) MOST_COUNTED)))
        .compose(
            unsealed ->
                new DeliverySweep(database)
                    .count()
                    .map(deliveries -> backlog(unsealed.iterator().next(), deliveries)));
  }

  private static Backlog backlog(Row unsealed, DeliverySweep.Count deliveries) {
    return new Backlog(
        unsealed.getLong("events"),
        unsealed.getLong("oldest"),
        deliveries.pending(),
        deliveries.oldestMillis());
  }
}
