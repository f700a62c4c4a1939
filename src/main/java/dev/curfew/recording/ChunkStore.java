package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;

/**
 * Where the bytes of recordings are kept until they have been delivered. Objects are small (a
 * screenshot, a piece of terminal output), written once and never changed, and named by what they
 * contain, which is all that a folder, a share, S3 or Azure Blob must offer.
 *
 * <p>Every method blocks, may be called from several threads, and throws {@link CurfewException}
 * STORAGE_UNAVAILABLE when the store cannot be reached, is full or fails; repeating is safe.
 */
public interface ChunkStore {

  /**
   * Stores an object. When this returns, the content survives a loss of power. Putting the same
   * object again is harmless, also while another thread or node does so.
   *
   * @throws IllegalArgumentException when the content does not have the hash in the key
   */
  void put(ChunkKey key, byte[] content);

  /**
   * A part of an object as a stream, which the caller closes; failures while reading it are {@link
   * java.io.IOException}s.
   *
   * @param offset of the first byte, from 0
   * @param length how many bytes at most; fewer come when the object ends earlier
   * @throws CurfewException NOT_FOUND when there is no such object
   * @throws IllegalArgumentException when offset or length are negative, or the offset is behind
   *     the end
   */
  InputStream open(ChunkKey key, long offset, long length);

  /** The whole object, see {@link #open(ChunkKey, long, long)}. */
  default InputStream open(ChunkKey key) {
    return open(key, 0, Long.MAX_VALUE);
  }

  /**
   * The object's size in bytes.
   *
   * @throws CurfewException NOT_FOUND when there is no such object
   */
  long size(ChunkKey key);

  /**
   * Every object of a recording by sequence, those included that no manifest lists; empty for an
   * unknown recording.
   */
  List<ChunkKey> list(UUID recording);

  /** Removes every object of a recording; an unknown recording is fine. */
  void deleteRecording(UUID recording);
}
