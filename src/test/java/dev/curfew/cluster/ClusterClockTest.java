package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.DatabaseProxy;
import dev.curfew.testing.TestStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ClusterClockTest {
  @Test
  void slowDatabase_widensTheError() throws Exception {
    try (TestStore direct = TestStore.open();
        DatabaseProxy proxy = new DatabaseProxy()) {
      proxy.connectTo(direct.endpoint());
      proxy.delay(Duration.ofMillis(150));
      try (TestStore slow = TestStore.open(proxy.endpoint(direct.endpoint()))) {
        ClusterClock clock = Await.result(ClusterClock.start(slow.vertx(), slow.database()));
        ClusterClock quick = Await.result(ClusterClock.start(direct.vertx(), direct.database()));

        assertThat(clock.errorMillis()).isGreaterThanOrEqualTo(150);
        assertThat(quick.errorMillis()).isLessThan(clock.errorMillis());
        assertThat(Math.abs(clock.now() - quick.now()))
            .isLessThanOrEqualTo(clock.errorMillis() + quick.errorMillis() + 1);
        clock.close();
        quick.close();
      }
    }
  }

  /** Whoever is ahead ends sessions early. */
  @Test
  void slowDatabase_neverPutsTheClockAhead() throws Exception {
    try (TestStore direct = TestStore.open();
        DatabaseProxy proxy = new DatabaseProxy()) {
      proxy.connectTo(direct.endpoint());
      proxy.delay(Duration.ofMillis(150));
      try (TestStore slow = TestStore.open(proxy.endpoint(direct.endpoint()))) {
        ClusterClock clock = Await.result(ClusterClock.start(slow.vertx(), slow.database()));
        for (int i = 0; i < 20; i++) {
          long shown = clock.now();
          long server = Await.result(direct.database().clockMicros(Duration.ofSeconds(5)));
          assertThat(shown).isLessThanOrEqualTo(server / 1_000);
        }
        clock.close();
      }
    }
  }

  @Test
  void databaseThatBecomesTooSlow_isFoundNotToAnswer_andFoundAgain() throws Exception {
    try (TestStore direct = TestStore.open();
        DatabaseProxy proxy = new DatabaseProxy()) {
      proxy.connectTo(direct.endpoint());
      try (TestStore slow = TestStore.open(proxy.endpoint(direct.endpoint()))) {
        ClusterClock clock = Await.result(ClusterClock.start(slow.vertx(), slow.database()));
        proxy.delay(Duration.ofMillis(2_500));
        Await.until("not ready", () -> !clock.databaseAnswers());
        proxy.delay(Duration.ZERO);
        Await.until("ready again", clock::databaseAnswers);
        clock.close();
      }
    }
  }
}
