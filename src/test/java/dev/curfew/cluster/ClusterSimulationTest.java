package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens to members, network and database: a shard has one owner at each epoch, only that
 * one commits, nobody believes for long to own what is another's, and once the weather is calm
 * every shard is served by the member that it is placed on.
 */
final class ClusterSimulationTest {
  private static final long STORM = 60_000;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void storm_isSurvived(long seed) {
    SimulatedCluster cluster = new SimulatedCluster(seed);
    int count = 1 + cluster.random.nextInt(5);
    for (int i = 0; i < count; i++) {
      cluster.start();
    }
    cluster.runUntil(SimulatedCluster.CALM.toMillis());
    assertThat(cluster.isSettled()).as("seed %d %s", seed, cluster).isTrue();

    long end = cluster.now() + STORM;
    while (cluster.now() < end) {
      cluster.runUntil(cluster.now() + cluster.random.nextLong(4_000));
      weather(cluster);
    }
    cluster.heal();
    // The last of the weather may still last.
    long calm = cluster.now() + 8_000;
    cluster.runUntil(calm);
    if (cluster.running().isEmpty()) {
      cluster.start();
    }
    cluster.heal();
    cluster.runUntil(cluster.now() + SimulatedCluster.CALM.toMillis());
    assertThat(cluster.isSettled()).as("seed %d %s", seed, cluster).isTrue();
    assertThat(cluster.commits).isPositive();
  }

  private static void weather(SimulatedCluster cluster) {
    List<SimulatedCluster.Node> running =
        cluster.running().stream().filter(node -> !node.isLeaving()).toList();
    SimulatedCluster.Node any =
        running.isEmpty() ? cluster.start() : running.get(cluster.random.nextInt(running.size()));
    long length = cluster.random.nextLong(200, 8_000);
    switch (cluster.random.nextInt(10)) {
      case 0 -> cluster.split();
      case 1, 2 -> cluster.heal();
      case 3 -> cluster.outage(length);
      case 4 -> cluster.slowFor(length);
      case 5 -> cluster.setDatabaseClock();
      case 6 -> any.hang(length);
      case 7 -> any.cutFor(length, cluster.random.nextBoolean());
      case 8 -> {
        if (cluster.random.nextBoolean()) {
          any.kill();
        } else {
          any.leave();
        }
      }
      default -> {
        if (running.size() < 5) {
          cluster.start();
        }
      }
    }
  }

  /** A kill is known at once, and what was the killed member's is served within two seconds. */
  @Test
  void kill_costsLessThanSilence() {
    SimulatedCluster cluster = new SimulatedCluster(1);
    for (int i = 0; i < 3; i++) {
      cluster.start();
    }
    cluster.runUntil(SimulatedCluster.CALM.toMillis());
    cluster.running().get(1).kill();
    cluster.runUntil(cluster.now() + 2_000);
    assertThat(cluster.isSettled()).as("%s", cluster).isTrue();
  }

  @Test
  void hang_isSurvivedWithinSilenceAndABeat() {
    SimulatedCluster cluster = new SimulatedCluster(1);
    for (int i = 0; i < 3; i++) {
      cluster.start();
    }
    cluster.runUntil(SimulatedCluster.CALM.toMillis());
    SimulatedCluster.Node hung = cluster.running().get(1);
    hung.hang(60_000);
    cluster.runUntil(cluster.now() + 5_500);
    assertThat(
            cluster.running().stream()
                .filter(node -> node != hung)
                .mapToInt(node -> node.served().size())
                .sum())
        .as("%s", cluster)
        .isEqualTo(SimulatedCluster.SHARDS);
  }
}
