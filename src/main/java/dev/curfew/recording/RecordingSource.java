package dev.curfew.recording;

import java.io.InputStream;
import java.util.UUID;

/** A recording as the encoder sees it: its manifest, and the content of one chunk at a time. */
public interface RecordingSource {

  UUID sessionId();

  /** What people call the recording. */
  String title();

  /** Start of the session, in milliseconds since the epoch. */
  long startedAt();

  /** End of the session, in milliseconds since the epoch. */
  long endedAt();

  /**
   * The manifest in order of capture time, within one millisecond by sequence. It is gone through
   * several times and must be the same each time.
   */
  Iterable<Chunk> chunks();

  /**
   * The content of a stored chunk, as {@link ChunkStore#open(ChunkKey)} gives it: NOT_FOUND says
   * that the chunk is lost for good, any other failure that it can be had later.
   */
  InputStream open(Chunk chunk);
}
