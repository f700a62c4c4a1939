package dev.curfew.claim.history;

import dev.curfew.bus.Bus;
import dev.curfew.claim.ClaimCoordinator;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.session.RecordingRetention;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.RecordingStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.TestStore;
import dev.curfew.watchdog.IdleRepairs;
import dev.curfew.watchdog.Watchdog;
import java.io.IOException;
import java.time.Duration;

/**
 * The part of a node that deals with claims: its own Vert.x, connections, coordinator, watchdog.
 */
final class ClaimNode implements AutoCloseable {
  final String name;
  final CuttableLink link;
  final TestStore store;
  final ClaimStore claims;
  final RecordingStore recordings;
  final ClaimCoordinator coordinator;
  private final ClusterClock clock;

  ClaimNode(String name, DatabaseEndpoint endpoint, Duration lease, Duration limit, int maxAttempts)
      throws IOException {
    this.name = name;
    this.link = CuttableLink.to(endpoint);
    this.store = TestStore.open(link.endpoint());
    this.claims = new ClaimStore(store.database());
    this.recordings = new RecordingStore(store.database(), RecordingRetention.FOREVER);
    this.clock = Await.result(ClusterClock.start(store.vertx(), store.database()));
    Bus bus = new Bus(store.vertx());
    this.coordinator =
        new ClaimCoordinator(
            claims,
            bus,
            new ClaimCoordinator.Options(lease, Duration.ofMillis(100), Duration.ofSeconds(5)));
    Await.result(store.vertx().deployVerticle(coordinator));
    Watchdog watchdog =
        new Watchdog(
            store.database(),
            clock,
            bus,
            new IdleRepairs(),
            new Watchdog.Options(
                Duration.ofMillis(100),
                limit,
                limit,
                Duration.ofMinutes(1),
                Duration.ofMinutes(1),
                maxAttempts,
                Duration.ofDays(90)));
    Await.result(store.vertx().deployVerticle(watchdog));
  }

  @Override
  public void close() throws IOException {
    for (String id : store.vertx().deploymentIDs()) {
      Await.result(store.vertx().undeploy(id));
    }
    clock.close();
    store.close();
    link.close();
  }
}
