package dev.curfew.audit;

import dev.curfew.store.ClusterSeat;
import dev.curfew.store.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the log sealed, on the one node of the cluster that has the seat for it. */
public final class Sealer extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(Sealer.class);

  private final Sealing sealing;
  private final ClusterSeat seat;
  private final Duration interval;
  private Future<?> round = Future.succeededFuture();
  private boolean failing;
  private boolean stopped;

  /**
   * @param interval between the end of one round and the beginning of the next
   */
  public Sealer(Database database, Sealing sealing, Duration interval) {
    this.sealing = sealing;
    this.seat = new ClusterSeat(database, "sealer");
    this.interval = interval;
  }

  @Override
  public Future<?> start() {
    schedule();
    return Future.succeededFuture();
  }

  private void schedule() {
    if (!stopped) {
      vertx.setTimer(
          interval.toMillis(),
          timer -> {
            if (!stopped) {
              round = round().onComplete(done -> schedule());
            }
          });
    }
  }

  private Future<Void> round() {
    return seat.held()
        .compose(held -> held ? batches() : Future.succeededFuture())
        .onSuccess(done -> failing = false)
        .recover(
            failure -> {
              if (!failing) {
                failing = true;
                LOG.warn("The event log is not sealed for now: {}", failure.getMessage());
              }
              return Future.succeededFuture();
            });
  }

  private Future<Void> batches() {
    return sealing
        .next()
        .compose(count -> count == 0 || stopped ? Future.succeededFuture() : batches());
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return round.eventually(seat::leave);
  }
}
