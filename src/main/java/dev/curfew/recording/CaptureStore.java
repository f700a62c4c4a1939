package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.InputStream;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Where what is captured is kept and found again: in the store of raw recordings or, while that is
 * away, in this node's {@link Spool}, from which {@link SpoolDrainer} moves it on. While the store
 * is known to be away nobody waits for it.
 */
final class CaptureStore implements ChunkSource {
  private final ChunkStore store;
  private final Spool spool;
  private final StoreOutage outage;
  private final RecordingFigures figures;
  private final SpoolOptions options;

  /** Of their own, since a store that does not answer holds them; the spool must not wait. */
  private final WorkerExecutor storeThreads;

  private final WorkerExecutor spoolThreads;

  CaptureStore(
      ChunkStore store,
      Spool spool,
      StoreOutage outage,
      RecordingFigures figures,
      SpoolOptions options,
      WorkerExecutor storeThreads,
      WorkerExecutor spoolThreads) {
    this.store = store;
    this.spool = spool;
    this.outage = outage;
    this.figures = figures;
    this.options = options;
    this.storeThreads = storeThreads;
    this.spoolThreads = spoolThreads;
  }

  /**
   * Keeps a chunk's content; when this completes it survives a loss of power.
   *
   * @return the node that holds it in its spool, null when it is in the store; fails with
   *     STORAGE_UNAVAILABLE when it is in neither
   */
  Future<@Nullable String> keep(ChunkKey key, byte[] content) {
    if (outage.lasts()) {
      return spool(key, content);
    }
    return storeThreads
        .<@Nullable String>executeBlocking(
            () -> {
              store.put(key, content);
              return null;
            },
            false)
        .timeout(options.patience().toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            failure -> {
              if (failure instanceof TimeoutException) {
                outage.begin("it took longer than " + options.patience());
              } else if (isUnavailable(failure)) {
                outage.begin(String.valueOf(failure.getMessage()));
              } else {
                return Future.failedFuture(failure);
              }
              return spool(key, content);
            });
  }

  private Future<@Nullable String> spool(ChunkKey key, byte[] content) {
    return spoolThreads
        .<@Nullable String>executeBlocking(
            () -> {
              spool.put(key, content);
              return options.node();
            },
            false)
        .onFailure(failure -> figures.refused());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A chunk that waits in a spool may be in the store by now: what was read of the manifest ages
   * while it is worked with.
   */
  @Override
  public InputStream open(UUID recording, Chunk chunk, long offset, long length) {
    ChunkKey key = chunk.key(recording);
    String holder = chunk.spooledOn();
    if (options.node().equals(holder)) {
      try {
        return spool.open(key, offset, length);
      } catch (CurfewException failure) {
        if (failure.code() != ErrorCode.NOT_FOUND) {
          throw failure;
        }
      }
    }
    try {
      return store.open(key, offset, length);
    } catch (CurfewException failure) {
      if (holder != null && failure.code() == ErrorCode.NOT_FOUND) {
        throw CurfewException.of(
            ErrorCode.STORAGE_UNAVAILABLE,
            "Chunk " + chunk.sequence() + " waits on node " + holder + " for the recording store");
      }
      throw failure;
    }
  }

  static boolean isUnavailable(Throwable failure) {
    return failure instanceof CurfewException known
        && known.code() == ErrorCode.STORAGE_UNAVAILABLE;
  }
}
