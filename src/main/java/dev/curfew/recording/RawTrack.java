package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The raw terminal recording: its chunks end to end, in the order in which they arrived. It is
 * evidence, so bytes that do not match their hash are kept and reported rather than left out.
 */
final class RawTrack {
  private RawTrack() {}

  static void write(RecordingSource source, OutputStream out, Consumer<DamagedChunk> damaged)
      throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    for (Chunk chunk : source.chunks()) {
      if (chunk.kind() == ChunkKind.RAW) {
        chunks.add(chunk);
      }
    }
    chunks.sort(Comparator.comparingLong(Chunk::sequence));
    ChunkReader reader = new ChunkReader(source);
    for (Chunk chunk : chunks) {
      try {
        byte[] content = reader.unverified(chunk);
        out.write(content);
        if (!ChunkReader.matches(chunk, content)) {
          damaged.accept(damage(chunk, "does not match its hash, but is kept"));
        }
      } catch (ChunkReader.Damaged e) {
        damaged.accept(damage(chunk, e.reason()));
      }
    }
  }

  private static DamagedChunk damage(Chunk chunk, String reason) {
    return new DamagedChunk(chunk.sequence(), chunk.kind(), chunk.capturedAt(), reason);
  }
}
