package dev.curfew.recording;

import java.io.InputStream;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * A recording whose manifest is at hand and whose objects can be had.
 *
 * @param startedAt milliseconds since the epoch
 * @param endedAt milliseconds since the epoch
 * @param chunks in any order; kept in the order that {@link RecordingSource#chunks} promises
 */
public record StoredRecording(
    UUID sessionId,
    String title,
    long startedAt,
    long endedAt,
    List<Chunk> chunks,
    ChunkSource store)
    implements RecordingSource {

  public StoredRecording {
    chunks =
        chunks.stream()
            .sorted(Comparator.comparingLong(Chunk::capturedAt).thenComparingLong(Chunk::sequence))
            .toList();
  }

  @Override
  public InputStream open(Chunk chunk) {
    return store.open(sessionId, chunk, 0, Long.MAX_VALUE);
  }
}
