package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.ManifestStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A recording's manifest, read from the database a page at a time, for worker threads: it waits for
 * the answer, which an event loop brings.
 */
final class ManifestPages implements StoredRecording.Pages {
  private static final int LINES = 1_000;
  private static final long TEXT_BYTES = 4L << 20;

  private final ManifestStore manifests;
  private final UUID sessionId;
  private final UntilAnswered untilAnswered;

  ManifestPages(ManifestStore manifests, UUID sessionId, UntilAnswered untilAnswered) {
    this.manifests = manifests;
    this.sessionId = sessionId;
    this.untilAnswered = untilAnswered;
  }

  @Override
  public List<Chunk> after(ChunkKind kind, @Nullable Chunk last) {
    return answer(untilAnswered.ask(() -> page(kind, last))).stream()
        .map(ManifestRows::chunk)
        .toList();
  }

  private Future<List<ChunkRow>> page(ChunkKind kind, @Nullable Chunk last) {
    if (kind == ChunkKind.RAW) {
      return manifests.list(sessionId, kind, last == null ? 0 : last.sequence() + 1, LINES);
    }
    return manifests.listCaptured(
        sessionId,
        kind,
        last == null ? 0 : last.capturedAt(),
        last == null ? 0 : last.sequence(),
        LINES,
        TEXT_BYTES);
  }

  private static <T> T answer(Future<T> asked) {
    try {
      return asked.toCompletionStage().toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
