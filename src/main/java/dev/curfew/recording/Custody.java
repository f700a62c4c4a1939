package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Initiator;
import dev.curfew.store.CustodyStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what must be kept of recordings and removes what has to go: deleted recordings everywhere,
 * and the chunks of delivered ones here. It is decided in the row first, then the objects go, then
 * the row says so; what is interrupted anywhere between is done again from the objects on.
 */
final class Custody {
  private static final Logger LOG = LoggerFactory.getLogger(Custody.class);

  /** Few, since what is decided can no longer be put on hold. */
  private static final int MOST_DELETED = 20;

  private static final int MOST_CLEARED = 100;

  private final RecordingSurroundings around;
  private final CustodyStore rows;

  Custody(RecordingSurroundings around) {
    this.around = around;
    this.rows = around.custody;
  }

  Future<Void> hold(UUID sessionId, Initiator by, String reason) {
    return rows.hold(sessionId, by, reason).onSuccess(held -> around.committed());
  }

  Future<Void> release(UUID sessionId, Initiator by, String reason) {
    return rows.release(sessionId, by, reason).onSuccess(released -> around.committed());
  }

  // Deletion

  /** See {@link Recordings#delete}. */
  Future<Boolean> delete(UUID sessionId, Initiator by, String reason) {
    return rows.decide(sessionId, by, reason)
        .compose(
            decided ->
                remove(sessionId)
                    .map(true)
                    .recover(
                        failure ->
                            isAway(failure)
                                ? Future.succeededFuture(false)
                                : Future.failedFuture(failure)));
  }

  /**
   * Deletes recordings whose retention is over, and goes on with deletions that came to nothing so
   * far. While a store is away no further one is decided.
   */
  Future<Void> retire() {
    return rows.decided(MOST_DELETED)
        .compose(left -> each(left, this::remove))
        .compose(done -> retireDue());
  }

  private Future<Void> retireDue() {
    return rows.decideDue(MOST_DELETED)
        .compose(
            due ->
                each(due, this::remove)
                    .compose(
                        done ->
                            due.size() < MOST_DELETED ? Future.succeededFuture() : retireDue()));
  }

  private Future<Void> remove(UUID sessionId) {
    return around
        .recordings
        .find(sessionId)
        .compose(
            recording ->
                around.blockingAction(
                    () -> {
                      around.destination.deleteAll(
                          Uploader.folder(sessionId, recording.startedAt()));
                      around.chunks.deleteRecording(sessionId);
                    }))
        .compose(removed -> rows.deleted(sessionId))
        .<Void>map(
            now -> {
              if (now) {
                LOG.info("The recording of session {} was deleted", sessionId);
                around.committed();
              }
              return null;
            })
        .recover(
            failure -> {
              LOG.warn(
                  "The recording of session {} is to be deleted and is not yet: {}",
                  sessionId,
                  failure.getMessage());
              return rows.putOff(sessionId).transform(any -> Future.failedFuture(failure));
            });
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof CurfewException known
        && (known.code() == ErrorCode.STORAGE_UNAVAILABLE || known.code() == ErrorCode.UNAVAILABLE);
  }

  /** One after the other; what is wrong with one stands in no other's way. */
  private static Future<Void> each(List<UUID> sessions, Function<UUID, Future<Void>> work) {
    Future<Void> all = Future.succeededFuture();
    for (UUID session : sessions) {
      all =
          all.compose(
              before ->
                  work.apply(session)
                      .recover(
                          failure ->
                              isAway(failure)
                                  ? Future.failedFuture(failure)
                                  : Future.succeededFuture()));
    }
    return all;
  }

  // Chunks of what was delivered

  /** Removes what is kept here of delivered recordings whose local retention is over. */
  Future<Void> clear() {
    return rows.toClear(around.options.localRetention(), MOST_CLEARED)
        .compose(sessions -> each(sessions, this::clear));
  }

  private Future<Void> clear(UUID sessionId) {
    return rows.clearing(sessionId)
        .compose(
            may -> {
              if (!may) {
                return Future.succeededFuture();
              }
              return around
                  .blockingAction(() -> around.chunks.deleteRecording(sessionId))
                  .compose(deleted -> rows.cleared(sessionId))
                  .recover(
                      failure -> {
                        LOG.warn("The chunks of session {} stay for now", sessionId, failure);
                        return rows.notCleared(sessionId)
                            .transform(any -> Future.failedFuture(failure));
                      });
            });
  }
}
