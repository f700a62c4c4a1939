package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A recording whose manifest is read a page at a time and whose objects are in a chunk store.
 *
 * @param startedAt milliseconds since the epoch
 * @param endedAt milliseconds since the epoch
 * @param kinds the kinds of chunks to be shown of it; others it has none of
 */
public record StoredRecording(
    UUID sessionId,
    String title,
    long startedAt,
    long endedAt,
    Set<ChunkKind> kinds,
    Pages manifest,
    ChunkStore store)
    implements RecordingSource {

  /** The manifest, in the order that {@link RecordingSource#chunks} promises. */
  @FunctionalInterface
  public interface Pages {
    /**
     * Some of the chunks of one kind; blocks.
     *
     * @param last the chunk before the first one that is wanted; null for the very first
     * @return empty when there are no more
     */
    List<Chunk> after(ChunkKind kind, @Nullable Chunk last);
  }

  public StoredRecording {
    kinds = Set.copyOf(kinds);
  }

  @Override
  public Iterable<Chunk> chunks(ChunkKind kind) {
    return kinds.contains(kind) ? () -> new Paged(manifest, kind) : List.of();
  }

  @Override
  public InputStream open(Chunk chunk) {
    return store.open(chunk.key(sessionId));
  }

  private static final class Paged implements Iterator<Chunk> {
    private final Pages manifest;
    private final ChunkKind kind;
    private Iterator<Chunk> page = List.<Chunk>of().iterator();
    private @Nullable Chunk last;
    private boolean ended;

    Paged(Pages manifest, ChunkKind kind) {
      this.manifest = manifest;
      this.kind = kind;
    }

    @Override
    public boolean hasNext() {
      if (!ended && !page.hasNext()) {
        page = manifest.after(kind, last).iterator();
        ended = !page.hasNext();
      }
      return !ended;
    }

    @Override
    public Chunk next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Chunk next = page.next();
      last = next;
      return next;
    }
  }
}
