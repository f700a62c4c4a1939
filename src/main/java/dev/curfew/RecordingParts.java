package dev.curfew;

import dev.curfew.bus.Bus;
import dev.curfew.claim.ClaimCoordinator;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.config.CurfewConfig;
import dev.curfew.recording.Recordings;
import dev.curfew.store.Database;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import java.util.function.Supplier;

record RecordingParts(Recordings recordings) {
  static RecordingParts of(
      Vertx vertx,
      CurfewConfig config,
      Database database,
      ClusterClock clock,
      Bus bus,
      ClaimCoordinator claims) {
    return new RecordingParts(
        (Recordings)
            java.lang.reflect.Proxy.newProxyInstance(
                Recordings.class.getClassLoader(),
                new Class<?>[] {Recordings.class},
                (p, m, a) -> Future.failedFuture("x")));
  }

  Future<Void> deploy(Function<Supplier<Deployable>, Future<Void>> deploy) {
    return Future.succeededFuture();
  }
}
