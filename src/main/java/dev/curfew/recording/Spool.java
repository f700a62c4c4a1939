package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chunks that this node holds on its own disk for the store of raw recordings, in the order in
 * which they came; within a limit, and over restarts. They lie there as they would in the store.
 *
 * <p>Every method but the counting ones blocks, may be called from several threads and fails as
 * {@link ChunkStore} does.
 */
final class Spool {
  /** What a file takes on disk is a multiple of this. */
  private static final long BLOCK = 4_096;

  private final ChunkStore files;
  private final long limit;

  /** What each one takes on disk; a chunk that is being written is counted too. */
  private final Map<ChunkKey, Long> held = new LinkedHashMap<>();

  private long bytes;

  private Spool(ChunkStore files, long limit) {
    this.files = files;
    this.limit = limit;
  }

  /** With what an earlier run of the node left; nobody else may use the files. */
  static Spool open(ChunkStore files, long limit) {
    Spool spool = new Spool(files, limit);
    files.clearEmptyFolders();
    for (ChunkStore.Found found : files.all()) {
      spool.count(found.key(), found.size());
    }
    return spool;
  }

  /**
   * Takes a chunk in. When this returns it survives a loss of power. One that is held already is
   * not taken twice.
   *
   * @throws CurfewException STORAGE_UNAVAILABLE also when it is over the limit
   */
  void put(ChunkKey key, byte[] content) {
    boolean counted = reserve(key, content.length);
    try {
      files.put(key, content);
    } catch (RuntimeException failure) {
      if (counted) {
        release(key);
      }
      throw failure;
    }
  }

  private synchronized boolean reserve(ChunkKey key, long size) {
    if (held.containsKey(key)) {
      return false;
    }
    if (bytes + onDisk(size) > limit) {
      throw CurfewException.of(
          ErrorCode.STORAGE_UNAVAILABLE,
          "The recording store is away and this node's spool is full; try again later");
    }
    count(key, size);
    return true;
  }

  private synchronized void count(ChunkKey key, long size) {
    if (held.putIfAbsent(key, onDisk(size)) == null) {
      bytes += onDisk(size);
    }
  }

  private synchronized void release(ChunkKey key) {
    Long size = held.remove(key);
    if (size != null) {
      bytes -= size;
    }
  }

  private static long onDisk(long size) {
    return Math.max(1, (size + BLOCK - 1) / BLOCK) * BLOCK;
  }

  /**
   * A part of a chunk, see {@link ChunkStore#open(ChunkKey, long, long)}.
   *
   * @throws CurfewException NOT_FOUND when it is not here
   */
  InputStream open(ChunkKey key, long offset, long length) {
    return files.open(key, offset, length);
  }

  /** Lets go of a chunk; one that is not here is fine. */
  void delete(ChunkKey key) {
    files.delete(key);
    release(key);
  }

  /** All that is here, in the order in which it came. */
  synchronized List<ChunkKey> keys() {
    return new ArrayList<>(held.keySet());
  }

  /** What it takes on disk. */
  synchronized long bytes() {
    return bytes;
  }

  synchronized int chunks() {
    return held.size();
  }
}
