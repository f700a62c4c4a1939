package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import java.io.InputStream;
import java.util.UUID;

/** Where the contents of stored chunks can be had. */
@FunctionalInterface
public interface ChunkSource {

  /**
   * A part of a chunk's content; blocks. See {@link ChunkStore#open(ChunkKey, long, long)}.
   *
   * @throws CurfewException NOT_FOUND when it is lost for good, STORAGE_UNAVAILABLE when it can be
   *     had later
   */
  InputStream open(UUID recording, Chunk chunk, long offset, long length);
}
