package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.terminal.TerminalRecording;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's own recording: its pieces end to end, in the order in which they arrived. It is
 * evidence, so bytes that do not match their hash are kept and reported rather than left out.
 */
final class RawTrack {
  private final RecordingSource source;
  private final Consumer<DamagedChunk> damaged;
  private @Nullable Chunk current;

  RawTrack(RecordingSource source, Consumer<DamagedChunk> damaged) {
    this.source = source;
    this.damaged = damaged;
  }

  /** Writes all pieces to {@code out}, and gives them to the terminal as well. */
  void write(OutputStream out, TerminalRecording terminal) throws IOException {
    ChunkReader reader = new ChunkReader(source);
    for (Chunk chunk : source.chunks(ChunkKind.RAW)) {
      current = chunk;
      try {
        byte[] content = reader.unverified(chunk);
        out.write(content);
        if (!ChunkReader.matches(chunk, content)) {
          damage("does not match its hash, but is kept");
        }
        terminal.piece(chunk.capturedAt(), content);
      } catch (ChunkReader.Damaged e) {
        damage(e.reason());
      }
    }
  }

  /** Notes that something is wrong with the piece that was written last. */
  void damage(String reason) {
    Chunk chunk = current;
    if (chunk != null) {
      damaged.accept(new DamagedChunk(chunk.sequence(), chunk.kind(), chunk.capturedAt(), reason));
    }
  }
}
