package dev.curfew.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.KeyRing;
import dev.curfew.auth.SecretBox;
import dev.curfew.auth.SigningKey;
import dev.curfew.config.CurfewConfig;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.SigningKeyStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestDatabase;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several nodes whose first start falls on the same moment, on a database with nothing in it. */
class FirstStartsTest {
  private static final int NODES = 3;
  private static final SecretBox SECRETS = SecretBox.of(new byte[32]);
  private static final PolicyDefaults DEFAULTS = PolicyDefaults.of(CurfewConfig.of(Map.of()));

  private final List<TestStore> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(TestStore::close);
  }

  @Test
  void nodesThatStartTogether_areOneInstallationWithOneSigningKey() throws Exception {
    DatabaseEndpoint empty = TestDatabase.fresh();
    migrateTogether(empty);

    List<Future<Bootstrap.Result>> starts = nodes.stream().map(FirstStartsTest::bootstrap).toList();
    assertThat(starts.stream().filter(start -> Await.result(start).firstStart())).hasSize(1);

    List<Future<KeyRing>> rings = nodes.stream().map(node -> signingKeys(node).ring()).toList();
    Set<String> keys = new HashSet<>();
    for (Future<KeyRing> ring : rings) {
      assertThat(Await.result(ring).keys()).hasSize(1);
      Await.result(ring).keys().stream().map(SigningKey::id).forEach(keys::add);
    }
    assertThat(keys).hasSize(1);

    try (DirectSql sql = DirectSql.open(empty)) {
      for (String table : List.of("installation", "realm", "users", "api_key", "signing_key")) {
        assertThat(sql.number("SELECT count(*) FROM " + table)).as(table).isEqualTo(1);
      }
    }
  }

  private void migrateTogether(DatabaseEndpoint endpoint) throws Exception {
    ExecutorService starters = Executors.newFixedThreadPool(NODES);
    try {
      List<CompletableFuture<TestStore>> starting = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        starting.add(CompletableFuture.supplyAsync(() -> TestStore.open(endpoint), starters));
      }
      for (CompletableFuture<TestStore> node : starting) {
        nodes.add(node.get());
      }
    } finally {
      starters.shutdownNow();
    }
  }

  private static Future<Bootstrap.Result> bootstrap(TestStore node) {
    return new Bootstrap(
            node.vertx(), node.database(), SECRETS, DEFAULTS, System::currentTimeMillis)
        .run(new CurfewConfig.Bootstrap(Optional.empty(), Optional.empty()));
  }

  private static SigningKeys signingKeys(TestStore node) {
    return new SigningKeys(
        node.vertx(),
        new SigningKeyStore(node.database()),
        SECRETS,
        System::currentTimeMillis,
        Duration.ofDays(30),
        Duration.ofHours(1));
  }
}
