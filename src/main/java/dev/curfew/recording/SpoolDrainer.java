package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.storage.Finding;
import dev.curfew.store.ManifestStore.Line;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what is in this node's spool to the store of raw recordings, in the order in which it came,
 * and finds out when a store that was away is back.
 *
 * <p>A chunk is put into the store, then its mark in the manifest is cleared, then its file is
 * deleted. Whatever is interrupted is done again from the first step, by the files that are found:
 * each step is harmless when it was done before. A file that no line of a manifest names is deleted
 * only when none can name it any more.
 */
public final class SpoolDrainer extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolDrainer.class);

  private static final int AT_A_TIME = 50;

  private final RecordingSurroundings around;
  private final SpoolOptions options;
  private final Set<ChunkKey> damaged = new HashSet<>();
  private Future<?> passing = Future.succeededFuture();
  private long rest;
  private volatile boolean stopping;

  public SpoolDrainer(RecordingSurroundings around) {
    this.around = around;
    this.options = around.options.spool();
    this.rest = options.firstRetry().toMillis();
  }

  /**
   * What became of a part of the spool.
   *
   * @param stored what is in the store now
   * @param failure why it is not all of it; null when it is
   */
  private record Stored(List<ChunkKey> stored, @Nullable CurfewException failure) {}

  @Override
  public Future<?> start() {
    if (around.spool.chunks() > 0) {
      LOG.info(
          "{} chunks in this node's spool wait for the recording store", around.spool.chunks());
    }
    pass();
    return Future.succeededFuture();
  }

  /** What is under way may be cut off anywhere, so nobody waits for a store that hangs. */
  @Override
  public Future<?> stop() {
    stopping = true;
    return passing.timeout(options.patience().toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  private void pass() {
    passing =
        emptied()
            .transform(
                passed -> {
                  if (!stopping) {
                    if (passed.failed()) {
                      missed(passed.cause());
                    }
                    passAgain(passed.succeeded() && !around.outage.lasts());
                  }
                  return Future.succeededFuture();
                });
  }

  private void missed(Throwable failure) {
    if (CaptureStore.isUnavailable(failure)) {
      around.outage.begin(String.valueOf(failure.getMessage()));
    } else {
      LOG.warn("The spool is not emptied for now: {}", failure.getMessage());
    }
  }

  private void passAgain(boolean well) {
    long shortest = options.firstRetry().toMillis();
    if (well) {
      rest = shortest;
    }
    vertx.setTimer(
        Math.max(1, rest),
        timer -> {
          if (!stopping) {
            pass();
          }
        });
    rest = well ? shortest : Math.min(rest * 2, options.longestRetry().toMillis());
  }

  /** Goes through the spool once. A store that is away is tried by the first chunk there is. */
  private Future<Void> emptied() {
    List<ChunkKey> keys = around.spool.keys();
    Future<Void> settled = Future.succeededFuture();
    for (int from = 0; from < keys.size(); from += AT_A_TIME) {
      List<ChunkKey> part = keys.subList(from, Math.min(keys.size(), from + AT_A_TIME));
      settled = settled.compose(before -> settle(part));
    }
    return settled.compose(
        all -> around.outage.lasts() && !stopping ? probe() : Future.succeededFuture());
  }

  private Future<Void> settle(List<ChunkKey> keys) {
    if (stopping) {
      return Future.succeededFuture();
    }
    return around
        .manifests
        .listings(lines(keys))
        .compose(
            listings -> {
              List<ChunkKey> listed = new ArrayList<>();
              List<ChunkKey> done = new ArrayList<>();
              for (int i = 0; i < keys.size(); i++) {
                switch (listings.get(i)) {
                  case LISTED -> listed.add(keys.get(i));
                  case NEVER -> done.add(keys.get(i));
                  case PERHAPS -> {}
                }
              }
              return around
                  .draining(() -> store(listed))
                  .compose(
                      moved -> {
                        done.addAll(moved.stored);
                        return around
                            .manifests
                            .inStore(lines(moved.stored))
                            .compose(cleared -> around.draining(() -> delete(done)))
                            .compose(
                                deleted ->
                                    moved.failure == null
                                        ? Future.succeededFuture()
                                        : Future.failedFuture(moved.failure));
                      });
            });
  }

  private static List<Line> lines(List<ChunkKey> keys) {
    return keys.stream()
        .map(key -> new Line(key.recording(), key.sequence(), key.sha256().bytes()))
        .toList();
  }

  private Stored store(List<ChunkKey> keys) throws IOException {
    List<ChunkKey> stored = new ArrayList<>(keys.size());
    for (ChunkKey key : keys) {
      if (stopping) {
        break;
      }
      byte[] content = read(key);
      if (content != null) {
        try {
          timed(
              () -> {
                around.chunks.put(key, content);
                return true;
              });
        } catch (CurfewException failure) {
          return new Stored(stored, failure);
        }
        stored.add(key);
      }
    }
    return new Stored(stored, null);
  }

  /** Null for what is no longer what was put there: it stays, and others go past it. */
  private byte @Nullable [] read(ChunkKey key) throws IOException {
    try (InputStream in = around.spool.open(key, 0, Long.MAX_VALUE)) {
      byte[] content = in.readAllBytes();
      if (Sha256.of(content).equals(key.sha256())) {
        return content;
      }
    } catch (CurfewException failure) {
      if (failure.code() != ErrorCode.NOT_FOUND) {
        throw failure;
      }
    }
    if (damaged.add(key)) {
      LOG.error(
          "Chunk {} of session {} was altered or removed in this node's spool",
          key.sequence(),
          key.recording());
    }
    return null;
  }

  private boolean delete(List<ChunkKey> keys) {
    keys.forEach(around.spool::delete);
    return true;
  }

  /** Tries the store with an object of its own, when there was no chunk to try it with. */
  private Future<Void> probe() {
    return around
        .draining(() -> timed(() -> around.raw.check().state() == Finding.State.READY))
        .mapEmpty();
  }

  /** The store is back when it does something, and in the time that captures wait for it. */
  private boolean timed(Supplier<Boolean> attempt) {
    long began = System.nanoTime();
    boolean done = attempt.get();
    if (done && System.nanoTime() - began < options.patience().toNanos()) {
      around.outage.end();
    }
    return done;
  }
}
