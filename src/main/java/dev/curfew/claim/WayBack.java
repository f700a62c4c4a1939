package dev.curfew.claim;

import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Routes;
import dev.curfew.lease.Claim;
import dev.curfew.store.ClaimStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How claims that nobody wants any more go back, to be claimed by others at once. */
final class WayBack {
  private static final Logger LOG = LoggerFactory.getLogger(WayBack.class);

  private final ClaimStore store;
  private final Bus bus;

  WayBack(ClaimStore store, Bus bus) {
    this.store = store;
    this.bus = bus;
  }

  /** Completes when all have been given back, or are known to stay until their lease is over. */
  Future<Void> giveBack(List<Claim> claims) {
    return Future.join(List.copyOf(claims).stream().map(this::giveBack).toList())
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private Future<?> giveBack(Claim claim) {
    return store
        .handBack(claim.sessionId(), claim.claimant(), Duration.ZERO, "whoever claimed it has gone")
        .onSuccess(
            back -> {
              bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
              bus.publish(Routes.RECORDING_READY, RecordingReady.INSTANCE);
            })
        .onFailure(
            failure ->
                LOG.warn(
                    "The recording of session {} stays claimed by {} until its lease is over: {}",
                    claim.sessionId(),
                    claim.owner(),
                    failure.getMessage()));
  }
}
