package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventPartitionsTest {
  private TestStore store;
  private DirectSql sql;
  private EventPartitions partitions;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
    partitions = new EventPartitions(store.database());
  }

  @AfterEach
  void close() throws SQLException {
    sql.close();
    store.close();
  }

  private void write(String remark, String recordedAt) throws SQLException {
    sql.run(
        """
        INSERT INTO event (recorded_at, type, realm_id, at, data)
        VALUES (%s, 'dev.curfew.auth.login', 1, now(), jsonb_build_object('remark', ?))
        """
            .formatted(recordedAt),
        remark);
  }

  private String placeOf(String remark) throws SQLException {
    return sql.value("SELECT tableoid::regclass FROM event WHERE data->>'remark' = ?", remark);
  }

  @Test
  void daysAhead_areAddedOnce() {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    assertThat(Await.result(partitions.addAhead(2)))
        .containsExactly(today, today.plusDays(1), today.plusDays(2));
    assertThat(Await.result(partitions.addAhead(2))).isEmpty();
    assertThat(Await.result(partitions.addAhead(3))).containsExactly(today.plusDays(3));
  }

  @Test
  void whatWasWrittenBeforeItsDayWasThere_movesThereAndKeepsItsPlace() throws SQLException {
    write("early", "now()");
    write("of another day", "now() - interval '40 days'");
    List<String> order = sql.column("SELECT xid::text || ' ' || id FROM event ORDER BY xid, id");
    assertThat(placeOf("early")).isEqualTo("event_default");

    LocalDate today = Await.result(partitions.addAhead(0)).get(0);

    String place = "event_" + today.toString().replace("-", "");
    assertThat(placeOf("early")).isEqualTo(place);
    assertThat(placeOf("of another day")).isEqualTo("event_default");
    assertThat(sql.column("SELECT xid::text || ' ' || id FROM event ORDER BY xid, id"))
        .isEqualTo(order);
    write("later", "now()");
    assertThat(placeOf("later")).isEqualTo(place);
  }

  @Test
  void daysBeyondRetention_areDropped() throws SQLException {
    Await.result(partitions.addAhead(0));
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (int age : new int[] {1, 30, 31, 60}) {
      LocalDate day = today.minusDays(age);
      sql.run(
          "CREATE TABLE event_%s PARTITION OF event FOR VALUES FROM ('%s 00:00+00') TO ('%s 00:00+00')"
              .formatted(day.toString().replace("-", ""), day, day.plusDays(1)));
    }
    write("old and astray", "now() - interval '45 days'");
    write("young and astray", "now() - interval '10 days'");

    assertThat(Await.result(partitions.dropOlderThan(Duration.ofDays(30), Future::succeededFuture)))
        .containsExactlyInAnyOrder(today.minusDays(31), today.minusDays(60));
    assertThat(sql.column("SELECT data->>'remark' FROM event")).containsExactly("young and astray");
  }

  @Test
  void daysThatAreNotReleased_stay() throws SQLException {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    for (int age : new int[] {40, 50}) {
      LocalDate day = today.minusDays(age);
      sql.run(
          "CREATE TABLE event_%s PARTITION OF event FOR VALUES FROM ('%s 00:00+00') TO ('%s 00:00+00')"
              .formatted(day.toString().replace("-", ""), day, day.plusDays(1)));
    }
    write("needed", "now() - interval '40 days'");
    write("needed and astray", "now() - interval '35 days'");

    assertThat(
            Await.result(
                partitions.dropOlderThan(
                    Duration.ofDays(30),
                    firstKept -> Future.succeededFuture(firstKept.minusDays(15)))))
        .containsExactly(today.minusDays(50));
    assertThat(sql.number("SELECT count(*) FROM event")).isEqualTo(2);
  }

  @Test
  void openReader_isNotWaitedForLong() throws Exception {
    write("early", "now()");
    try (DirectSql reader = DirectSql.open(store.endpoint()).begin()) {
      reader.column("SELECT type FROM event");
      assertThat(Await.failure(partitions.addAhead(0))).isNotNull();
      write("goes on", "now()");
      reader.rollback();
    }
    assertThat(Await.result(partitions.addAhead(0))).hasSize(1);
    assertThat(sql.number("SELECT count(*) FROM event")).isEqualTo(2);
  }
}
