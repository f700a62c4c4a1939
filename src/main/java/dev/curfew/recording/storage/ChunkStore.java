package dev.curfew.recording.storage;

import java.io.InputStream;
import java.util.List;
import java.util.UUID;

/**
 * Keeps the binary chunks of recordings until they are encoded and uploaded. Calls block and may
 * come from several threads; every one fails with {@link dev.curfew.fault.CurfewException}
 * STORAGE_UNAVAILABLE when the store cannot be reached or takes no more, which is worth trying
 * again.
 *
 * <p>A key's content never changes. Nothing in this contract needs a directory or a rename: a put
 * is one object written whole, a listing is by prefix, a range is part of one object.
 */
public interface ChunkStore {

  /**
   * Stores a chunk. When this returns, the chunk outlives a crash of the machine; when it fails,
   * the key holds what it held before. Putting the same content again changes nothing.
   *
   * @throws dev.curfew.fault.CurfewException ALREADY_EXISTS when the key holds other content
   */
  void put(ChunkKey key, byte[] content);

  /**
   * The whole chunk.
   *
   * @throws dev.curfew.fault.CurfewException NOT_FOUND
   */
  InputStream open(ChunkKey key);

  /**
   * A part of a chunk. The caller closes it. Reading from it may fail with an {@link
   * java.io.IOException}.
   *
   * @param offset bytes from the chunk's start
   * @param length bytes
   * @throws dev.curfew.fault.CurfewException NOT_FOUND
   * @throws IndexOutOfBoundsException when the part does not lie within the chunk
   */
  InputStream open(ChunkKey key, long offset, long length);

  /**
   * The whole chunk, in memory.
   *
   * @throws dev.curfew.fault.CurfewException NOT_FOUND
   */
  byte[] read(ChunkKey key);

  /**
   * The chunk's length in bytes.
   *
   * @throws dev.curfew.fault.CurfewException NOT_FOUND
   */
  long size(ChunkKey key);

  /**
   * Deletes one chunk.
   *
   * @return whether it was there
   */
  boolean delete(ChunkKey key);

  /**
   * Deletes whatever is kept of a recording.
   *
   * @return how many chunks there were
   */
  int deleteAll(UUID recording);

  /** The chunks of a recording, in order of their names; none for one that is unknown. */
  List<ChunkKey> list(UUID recording);
}
