package dev.curfew.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.KeyRing;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestDatabase;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several nodes whose first start falls on the same moment, on a database with nothing in it. */
class FirstStartsTest {
  private static final int NODES = 3;

  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  @Test
  void nodesThatStartTogether_areOneInstallation() throws Exception {
    DatabaseEndpoint empty = TestDatabase.fresh();
    startTogether(empty);
    try (DirectSql sql = DirectSql.open(empty)) {
      assertThat(sql.number("SELECT count(*) FROM installation")).isEqualTo(1);
      assertThat(sql.number("SELECT count(*) FROM realm")).isEqualTo(1);
      assertThat(sql.number("SELECT count(*) FROM users")).isEqualTo(1);
      assertThat(sql.number("SELECT count(*) FROM api_key")).isEqualTo(1);
      assertThat(sql.number("SELECT count(*) FROM policy WHERE is_default")).isEqualTo(1);
    }
  }

  @Test
  void nodesThatNeedTheFirstSigningKeyTogether_haveTheSame() throws Exception {
    DatabaseEndpoint empty = TestDatabase.fresh();
    startTogether(empty);
    List<Future<KeyRing>> rings =
        nodes.stream().map(node -> node.directory().signingKeys().ring()).toList();
    String first = Await.result(rings.get(0)).keys().get(0).id();
    for (Future<KeyRing> ring : rings) {
      assertThat(Await.result(ring).keys()).hasSize(1);
      assertThat(Await.result(ring).keys().get(0).id()).isEqualTo(first);
    }
    try (DirectSql sql = DirectSql.open(empty)) {
      assertThat(sql.number("SELECT count(*) FROM signing_key")).isEqualTo(1);
    }
  }

  private void startTogether(DatabaseEndpoint endpoint) throws Exception {
    ExecutorService starters = Executors.newFixedThreadPool(NODES);
    try {
      List<CompletableFuture<TestNode>> starting = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        starting.add(CompletableFuture.supplyAsync(() -> TestNode.on(endpoint), starters));
      }
      for (CompletableFuture<TestNode> node : starting) {
        nodes.add(node.get());
      }
    } finally {
      starters.shutdownNow();
    }
  }
}
