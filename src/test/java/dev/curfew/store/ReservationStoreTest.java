package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.store.ReservationStore.Answer;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Places as two nodes ask for them. */
class ReservationStoreTest {
  private static final long USER = 23;
  private static final String OLDEST = "DESTROY_OLDEST";

  private TestStore one;
  private TestStore two;
  private ReservationStore here;
  private ReservationStore there;
  private DirectSql sql;

  @BeforeEach
  void open() throws Exception {
    one = TestStore.open();
    two = TestStore.open(one.endpoint());
    here = new ReservationStore(one.database());
    there = new ReservationStore(two.database());
    sql = DirectSql.open(one.endpoint());
  }

  @AfterEach
  void close() throws Exception {
    sql.close();
    two.close();
    one.close();
  }

  private UUID live(int kind, int policyId, long number) throws Exception {
    UUID id = UUID.randomUUID();
    sql.run(
        """
        INSERT INTO session (
          id, numeric_id, shard, realm_id, user_id, kind, state, policy_id, max_duration_ms,
          max_idle_ms, stale_after_ms, warn_before_ms, started_at, expires_at, created_by)
        VALUES (?, ?, 0, 1, ?, ?, 2, ?, 60000, 0, 0, '{}',
          at_ms(1000000 + ?), at_ms(2000000 - ?), 1)
        """,
        id,
        number,
        USER,
        kind,
        policyId,
        number,
        number);
    return id;
  }

  private Answer reserve(ReservationStore by, int policyId, int quota, String action) {
    return Await.result(by.reserve(UUID.randomUUID(), USER, policyId, quota, action));
  }

  @Test
  void nodesThatRace_neverGetMorePlacesThanThereAre() throws Exception {
    for (int quota : new int[] {1, 2, 5}) {
      sql.run("DELETE FROM session_reservation");
      List<Future<Answer>> race = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        race.add(here.reserve(UUID.randomUUID(), USER, 4, quota, ReservationStore.DENY));
        race.add(there.reserve(UUID.randomUUID(), USER, 4, quota, ReservationStore.DENY));
      }
      List<Answer> answers = race.stream().map(Await::result).toList();
      assertThat(answers.stream().filter(Answer.Granted.class::isInstance)).hasSize(quota);
      assertThat(answers.stream().filter(Answer.Full.class::isInstance)).hasSize(40 - quota);
    }
  }

  @Test
  void placesHeldByOthers_areWaitedFor() {
    UUID first = UUID.randomUUID();
    assertThat(Await.result(here.reserve(first, USER, ReservationStore.TOKENS, 1, OLDEST)))
        .isEqualTo(new Answer.Granted(List.of()));
    assertThat(reserve(there, ReservationStore.TOKENS, 1, OLDEST)).isEqualTo(new Answer.Waits());
    assertThat(reserve(there, ReservationStore.TOKENS, 1, ReservationStore.DENY))
        .isEqualTo(new Answer.Full());
    Await.result(there.release(first));
    assertThat(reserve(there, ReservationStore.TOKENS, 1, OLDEST))
        .isEqualTo(new Answer.Granted(List.of()));
  }

  @Test
  void tokensAndPolicies_areCountedApart() throws Exception {
    UUID token = live(6, 4, 1);
    UUID access = live(3, 4, 2);
    live(3, 5, 3);
    assertThat(reserve(here, 4, 2, ReservationStore.DENY)).isEqualTo(new Answer.Granted(List.of()));
    assertThat(reserve(here, 4, 2, ReservationStore.DENY)).isEqualTo(new Answer.Full());
    assertThat(reserve(here, ReservationStore.TOKENS, 1, OLDEST))
        .isEqualTo(new Answer.Granted(List.of(token)));
    sql.run("UPDATE session SET state = 3 WHERE id = ?", access);
    assertThat(reserve(here, 4, 2, ReservationStore.DENY)).isEqualTo(new Answer.Granted(List.of()));
  }

  @Test
  void displaced_areThoseThatTheActionNames() throws Exception {
    UUID oldest = live(6, 4, 1);
    UUID middle = live(6, 4, 2);
    UUID nextExpiring = live(6, 4, 3);
    assertThat(reserve(here, ReservationStore.TOKENS, 3, "DESTROY_NEXT_EXPIRING"))
        .isEqualTo(new Answer.Granted(List.of(nextExpiring)));
    sql.run("DELETE FROM session_reservation");
    assertThat(reserve(here, ReservationStore.TOKENS, 2, OLDEST))
        .isEqualTo(new Answer.Granted(List.of(oldest, middle)));
    sql.run("DELETE FROM session_reservation");
    assertThat(reserve(here, ReservationStore.TOKENS, 3, "DESTROY_ALL"))
        .isEqualTo(new Answer.Granted(List.of(nextExpiring, middle, oldest)));
    sql.run("DELETE FROM session_reservation");
    assertThat(reserve(here, ReservationStore.TOKENS, 4, "DESTROY_ALL"))
        .isEqualTo(new Answer.Granted(List.of()));
  }
}
