package dev.curfew.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import dev.curfew.session.Initiator;
import dev.curfew.session.Tier;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.SessionLog;
import dev.curfew.testing.TestNode;
import dev.curfew.testing.TestStore;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of tokens when nodes die and the database does not answer. */
final class TokenEnduranceTest {
  private TestStore database;
  private CuttableLink link;
  private DatabaseEndpoint reached;
  private TestNode node;
  private User user;
  private DirectSql sql;
  private SessionLog log;

  @BeforeEach
  void start() throws Exception {
    database = TestStore.open();
    link = CuttableLink.to(database.endpoint());
    reached = link.endpoint();
    node = TestNode.on(reached);
    user =
        Await.result(
            node.directory()
                .users()
                .create(
                    node.admin(),
                    new NewUser(
                        TestNode.name("user"),
                        null,
                        null,
                        null,
                        Set.of(Role.USER),
                        node.realm(Tier.BUSINESS).name())));
    sql = DirectSql.open(database.endpoint());
    log = new SessionLog(sql);
  }

  @AfterEach
  void stop() throws Exception {
    sql.close();
    node.kill();
    link.close();
    database.close();
  }

  /** The node dies and another one takes over. */
  private void restart() {
    node.kill();
    node = TestNode.on(reached);
  }

  private SessionTokens tokens() {
    return node.directory().sessionTokens();
  }

  private IssuedToken open() {
    return Await.result(tokens().open(user, Map.of(), ""));
  }

  private static String secret(IssuedToken token) {
    return token.token().reveal();
  }

  private Initiator self() {
    return new Initiator(Initiator.Kind.USER, user.numericId(), user.username());
  }

  @Test
  void restart_keepsTokensAndTheirIdleTime() {
    IssuedToken issued = open();
    Await.until("time passes", () -> node.clock().now() > issued.session().lastAccess() + 20);
    TokenView touched = Await.result(tokens().touch(secret(issued))).orElseThrow();
    Await.until(
        "the touch is written",
        () ->
            sql.number(
                    "SELECT ms(last_access_at) FROM session_pulse WHERE session_id = ?",
                    touched.id())
                == touched.lastAccess());

    restart();

    TokenView view = Await.result(tokens().read(secret(issued))).orElseThrow();
    assertThat(view.lastAccess()).isEqualTo(touched.lastAccess());
    assertThat(view.expiresAt()).isEqualTo(touched.expiresAt());
    assertThat(view.username()).isEqualTo(user.username());
    String wrong = secret(issued).substring(0, 60) + "AAAA";
    assertThat(Await.result(tokens().read(wrong))).isEmpty();
    assertThat(Await.result(tokens().touch(wrong))).isEmpty();
    assertThat(Await.result(tokens().end(view, self()))).isTrue();
    assertThat(Await.result(tokens().read(secret(issued)))).isEmpty();
    restart();
    assertThat(Await.result(tokens().read(secret(issued)))).isEmpty();
  }

  @Test
  void idleSession_endsAndATouchDoesNotReviveIt() throws Exception {
    IssuedToken idle = open();
    IssuedToken used = open();
    UUID id = idle.session().id();
    // No configuration allows so short a time: the stored terms are changed and read again.
    sql.run("UPDATE session SET max_idle_ms = 1500 WHERE id IN (?, ?)", id, used.session().id());
    restart();
    long begun = node.clock().now();

    Await.until(
        "one is used for longer than the other may rest",
        () -> {
          assertThat(Await.result(tokens().touch(secret(used)))).isPresent();
          Await.result(tokens().read(secret(idle)));
          return node.clock().now() > begun + 3_000;
        });

    assertThat(Await.result(tokens().touch(secret(idle)))).isEmpty();
    assertThat(Await.result(tokens().read(secret(idle)))).isEmpty();
    assertThat(log.types(id)).containsExactly("started", "idle", "ended");
    log.awaitEnd(used.session().id());
    assertThat(log.types(used.session().id())).containsExactly("started", "idle", "ended");
  }

  @Test
  void withoutTheDatabase_tokensAreReadAndTouched() throws Exception {
    IssuedToken issued = open();
    link.cut();
    for (int i = 0; i < 50; i++) {
      TokenView read = Await.result(tokens().read(secret(issued))).orElseThrow();
      assertThat(read.username()).isEqualTo(user.username());
      TokenView touched = Await.result(tokens().touch(secret(issued))).orElseThrow();
      assertThat(touched.lastAccess()).isEqualTo(touched.now());
    }
    // Whoever logs in meanwhile waits, and holds nobody up.
    Throwable refusal = Await.failure(tokens().open(user, Map.of(), ""));
    assertThat(refusal)
        .isInstanceOfSatisfying(
            CurfewException.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    long touchedAt = Await.result(tokens().touch(secret(issued))).orElseThrow().lastAccess();

    link.mend();

    Await.until(
        "what was heard is written",
        () ->
            sql.number(
                    "SELECT ms(last_access_at) FROM session_pulse WHERE session_id = ?",
                    issued.session().id())
                >= touchedAt);
    Await.until(
        "the session can be ended again",
        () -> {
          Await.result(tokens().end(issued.session(), self()).otherwise(false));
          return Await.result(tokens().read(secret(issued))).isEmpty();
        });
    assertThat(log.types(issued.session().id())).containsExactly("started", "stopped", "ended");
  }
}
