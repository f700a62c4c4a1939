package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * A recording that is read only for as long as nobody asks to stop: before every chunk, and before
 * every read of a chunk's content.
 */
final class CancellableSource implements RecordingSource {
  private final RecordingSource source;
  private final BooleanSupplier cancelled;

  CancellableSource(RecordingSource source, BooleanSupplier cancelled) {
    this.source = source;
    this.cancelled = cancelled;
  }

  /**
   * @throws CancellationException if {@code cancelled} says so
   */
  static void check(BooleanSupplier cancelled) {
    if (cancelled.getAsBoolean()) {
      throw new CancellationException("encoding was stopped");
    }
  }

  @Override
  public UUID sessionId() {
    return source.sessionId();
  }

  @Override
  public String title() {
    return source.title();
  }

  @Override
  public long startedAt() {
    return source.startedAt();
  }

  @Override
  public long endedAt() {
    return source.endedAt();
  }

  @Override
  public Iterable<Chunk> chunks(ChunkKind kind) {
    return () -> {
      check(cancelled);
      Iterator<Chunk> chunks = source.chunks(kind).iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return chunks.hasNext();
        }

        @Override
        public Chunk next() {
          check(cancelled);
          return chunks.next();
        }
      };
    };
  }

  @Override
  public InputStream open(Chunk chunk) {
    return new FilterInputStream(source.open(chunk)) {
      @Override
      public int read() throws IOException {
        check(cancelled);
        return in.read();
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        check(cancelled);
        return in.read(bytes, offset, length);
      }
    };
  }
}
