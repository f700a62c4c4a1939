package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import java.io.InputStream;
import java.util.UUID;

/**
 * A recording as the encoder sees it: its manifest, and the content of one chunk at a time. Every
 * call may block. A source keeps no more than a part of the manifest in memory, since a session of
 * hours has hundreds of thousands of chunks.
 */
public interface RecordingSource {

  UUID sessionId();

  /** What people call the recording. */
  String title();

  /** Start of the session, in milliseconds since the epoch. */
  long startedAt();

  /** End of the session, in milliseconds since the epoch. */
  long endedAt();

  /**
   * The chunks of one kind in order of capture time, within one millisecond by sequence; raw pieces
   * in order of sequence, since their order is that of their bytes. They are gone through several
   * times and must be the same each time. A source that only has them in the order of arrival puts
   * them in order by {@link CaptureOrder}.
   *
   * <p>The iterator fails as {@link #open} does.
   */
  Iterable<Chunk> chunks(ChunkKind kind);

  /**
   * The content of a stored chunk, as {@link ChunkStore#open(ChunkKey)} gives it: NOT_FOUND says
   * that the chunk is lost for good, any other failure that it can be had later.
   */
  InputStream open(Chunk chunk);
}
