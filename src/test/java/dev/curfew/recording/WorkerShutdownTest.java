package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerShutdownTest {
  private static final Duration LEASE = Duration.ofMillis(500);

  @TempDir private Path folder;

  /** PITFALLS 22: the heartbeats go on until the work has stopped and the claim is given back. */
  @Test
  void workThatStopsSlowly_keepsItsClaimMeanwhile() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, Settings.USUAL.lease(LEASE))) {
      UUID id = node.playCapture();
      node.end(id);
      CountDownLatch latch = new CountDownLatch(1);
      node.raw.heldBack = latch;
      String encoder = node.deployEncoder();
      Await.until("claimed and at work", () -> node.raw.held.get() > 0);
      Future<Void> stopped = node.store.vertx().undeploy(encoder);
      long firstLease = leaseUntil(node, id);

      Await.until(
          "renewed twice over while it stops",
          () -> leaseUntil(node, id) > firstLease + 2 * LEASE.toMillis());
      assertThat(Await.result(node.claims.giveUpStale(Work.ENCODE, LEASE, 0, 3, 10)))
          .as("it is not silent")
          .isEmpty();
      assertThat(stopped.isComplete()).isFalse();

      latch.countDown();
      Await.result(stopped);
      Await.until("given back", () -> node.sessions.stage(id) == RecordingStage.ENDED);
      assertThat(node.sql.number("SELECT attempt FROM recording WHERE session_id = ?", id))
          .as("attempts used up")
          .isZero();
    }
  }

  private static long leaseUntil(RecordingNode node, UUID id) throws Exception {
    return node.sql.number("SELECT ms(lease_until) FROM recording WHERE session_id = ?", id);
  }
}
