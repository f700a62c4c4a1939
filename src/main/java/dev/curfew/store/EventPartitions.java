package dev.curfew.store;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The days of the event log, each a partition named after it, in UTC. A day is added beside the log
 * and then attached, and dropped whole when it is too old to be kept. Both need a lock that waits
 * for readers and makes writers wait: a short one, or else it is tried again another time.
 */
public final class EventPartitions {
  private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'event_'yyyyMMdd");

  private final Database database;

  public EventPartitions(Database database) {
    this.database = database;
  }

  private static final String DAYS =
      """
      SELECT c.relname, (now() AT TIME ZONE 'UTC')::date AS today
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = 'event'::regclass
      """;

  private record Days(LocalDate today, List<String> names) {}

  private Future<Days> days() {
    return database
        .query(DAYS, Tuple.tuple())
        .map(
            rows -> {
              LocalDate today = LocalDate.EPOCH;
              List<String> names = new ArrayList<>();
              for (Row row : rows) {
                today = row.getLocalDate("today");
                names.add(row.getString("relname"));
              }
              return new Days(today, names);
            });
  }

  /**
   * Adds the partitions of today and the days after it, where they are missing.
   *
   * @param ahead how many days after today
   * @return the days added
   */
  public Future<List<LocalDate>> addAhead(int ahead) {
    return days()
        .compose(
            days -> {
              Future<List<LocalDate>> added = Future.succeededFuture(new ArrayList<>());
              for (int i = 0; i <= ahead; i++) {
                LocalDate day = days.today.plusDays(i);
                if (!days.names.contains(day.format(NAME))) {
                  added =
                      added.compose(
                          list ->
                              add(day)
                                  .map(
                                      done -> {
                                        list.add(day);
                                        return list;
                                      }));
                }
              }
              return added;
            });
  }

  /** What was written for the day before its partition was there lies in the default one. */
  private Future<Void> add(LocalDate day) {
    String name = day.format(NAME);
    String from = start(day);
    String to = start(day.plusDays(1));
    return database.transaction(
        on ->
            run(on, "SET LOCAL lock_timeout = '500ms'")
                .compose(
                    done ->
                        run(on, "CREATE TABLE %s (LIKE event INCLUDING DEFAULTS)".formatted(name)))
                .compose(done -> run(on, "LOCK TABLE event_default IN ACCESS EXCLUSIVE MODE"))
                .compose(
                    done ->
                        run(
                            on,
                            """
                            WITH moved AS (
                              DELETE FROM event_default
                              WHERE recorded_at >= %s AND recorded_at < %s
                              RETURNING *
                            )
                            INSERT INTO %s SELECT * FROM moved
                            """
                                .formatted(from, to, name)))
                .compose(
                    done ->
                        run(
                            on,
                            "ALTER TABLE event ATTACH PARTITION %s FOR VALUES FROM (%s) TO (%s)"
                                .formatted(name, from, to))));
  }

  private static String start(LocalDate day) {
    return "'" + day + " 00:00:00+00'";
  }

  /**
   * Drops the days that ended longer ago than that, one after the other.
   *
   * @param release asked before anything is dropped: given the first day to be kept, answers that
   *     one, or an earlier one from which on everything is still needed
   * @return the days dropped
   */
  public Future<List<LocalDate>> dropOlderThan(
      Duration retention, Function<LocalDate, Future<LocalDate>> release) {
    return days()
        .compose(
            days ->
                release
                    .apply(days.today.atStartOfDay(ZoneOffset.UTC).minus(retention).toLocalDate())
                    .compose(oldestKept -> dropBefore(oldestKept, days)));
  }

  private Future<List<LocalDate>> dropBefore(LocalDate oldestKept, Days days) {
    Future<List<LocalDate>> dropped = dropStrays(oldestKept).map(done -> new ArrayList<>());
    for (String name : days.names) {
      if (name.matches("event_\\d{8}") && LocalDate.parse(name, NAME).isBefore(oldestKept)) {
        dropped =
            dropped.compose(
                list ->
                    drop(name)
                        .map(
                            done -> {
                              list.add(LocalDate.parse(name, NAME));
                              return list;
                            }));
      }
    }
    return dropped;
  }

  private Future<Void> dropStrays(LocalDate oldestKept) {
    OffsetDateTime end = oldestKept.atStartOfDay().atOffset(ZoneOffset.UTC);
    return database.transaction(
        on ->
            LaneStore.noteLoss(on, end, "event_default")
                .compose(
                    noted ->
                        Database.query(
                            on, "DELETE FROM event_default WHERE recorded_at < $1", Tuple.of(end)))
                .mapEmpty());
  }

  private Future<Void> drop(String name) {
    OffsetDateTime end =
        LocalDate.parse(name, NAME).plusDays(1).atStartOfDay().atOffset(ZoneOffset.UTC);
    return database.transaction(
        on ->
            run(on, "SET LOCAL lock_timeout = '500ms'")
                .compose(done -> LaneStore.noteLoss(on, end, name))
                .compose(done -> run(on, "DROP TABLE " + name)));
  }

  private static Future<Void> run(SqlConnection on, String sql) {
    return on.query(sql).execute().mapEmpty();
  }
}
