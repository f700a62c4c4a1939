package dev.curfew.watchdog;

import io.vertx.core.Future;
import java.time.LocalDate;
import java.util.UUID;

/** Has nothing to repair, for tests of what the watchdog does by itself. */
public class IdleRepairs implements Watchdog.Repairs {
  @Override
  public void lookAgain(UUID sessionId) {}

  @Override
  public Future<Void> undo(UUID sessionId) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> settleRules() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> settleRequests() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> retireRecordings() {
    return Future.succeededFuture();
  }

  @Override
  public Future<LocalDate> releaseEvents(LocalDate firstKept) {
    return Future.succeededFuture(firstKept);
  }
}
