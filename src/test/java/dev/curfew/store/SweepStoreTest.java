package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SweepStoreTest {
  private TestStore store;
  private DirectSql sql;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    sql = DirectSql.open(store.endpoint());
  }

  @AfterEach
  void close() throws SQLException {
    sql.close();
    store.close();
  }

  private void token(int number, int state, String endedAt) throws SQLException {
    UUID id = new UUID(0, number);
    sql.run(
        "INSERT INTO session (id, numeric_id, shard, realm_id, user_id, kind, state, policy_id,"
            + " max_duration_ms, max_idle_ms, stale_after_ms, warn_before_ms, started_at,"
            + " expires_at, ended_at, created_by) VALUES (?, ?, 0, 1, 1, 6, ?, 1, 1, 0, 1, '{}',"
            + " now(), now(), "
            + endedAt
            + ", 1)",
        id,
        number,
        state);
    sql.run("INSERT INTO session_token (session_id, hash) VALUES (?, '\\x00')", id);
  }

  @Test
  void tokensOfEndedSessions_areForgottenAfterATime() throws SQLException {
    token(1, 2, "NULL");
    token(2, 4, "now() - interval '10 minutes'");
    token(3, 4, "now() - interval '2 hours'");
    token(4, 4, "now() - interval '2 days'");
    SweepStore left = new SweepStore(store.database());

    assertThat(Await.result(left.forgetTokens(Duration.ofHours(1), 1))).isEqualTo(1);
    assertThat(Await.result(left.forgetTokens(Duration.ofHours(1), 10))).isEqualTo(1);
    assertThat(Await.result(left.forgetTokens(Duration.ofHours(1), 10))).isZero();

    assertThat(sql.column("SELECT session_id FROM session_token ORDER BY session_id"))
        .containsExactly(new UUID(0, 1).toString(), new UUID(0, 2).toString());
  }
}
