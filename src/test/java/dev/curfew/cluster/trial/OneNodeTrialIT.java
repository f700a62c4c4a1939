package dev.curfew.cluster.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trial of one node, which knows no cluster. */
class OneNodeTrialIT {
  @TempDir Path directory;

  @Test
  void nodeWhoseDatabaseIsRestarted_keepsEveryRule() throws Exception {
    try (ClusterRig rig = ClusterRig.open(directory, 1)) {
      Load load = rig.load(15);
      ClusterRig.pause(Duration.ofSeconds(8));
      rig.databaseAway(Duration.ZERO);
      ClusterRig.pause(Duration.ofSeconds(8));
      SessionHistory history = rig.finishAndCheck();

      assertThat(history.changes()).hasSizeGreaterThan(200);
      assertThat(load.attempts()).hasSizeGreaterThan(1_000);
    }
  }
}
