package dev.curfew.storage;

import dev.curfew.fault.CurfewException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Objects by name. A name is like {@code 2026/11/22/SESSION/video.mp4}, see {@link ObjectName}; the
 * store's own root, bucket and prefix are not part of it.
 *
 * <p>Every method blocks, may be called from several threads, and throws {@link CurfewException}
 * STORAGE_UNAVAILABLE when the store cannot be reached, refuses, is full or fails; repeating is
 * safe.
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * Stores an object under a name, in place of any that had it. When this returns, the content
   * survives a loss of power at the store; until then, and when it throws, readers see the former
   * object or none, never a part.
   *
   * <p>What an earlier call for the same name and content sent before it failed, or before its
   * process was killed, need not be sent again; but nothing of it is believed that the store does
   * not prove to be the same bytes, by its checksum or by being read. Several callers may store the
   * same content under the same name at once.
   *
   * @param watch is told how far it is and may end the call
   */
  void put(String name, Payload content, Watch watch);

  /** A small object at once, see {@link #put(String, Payload, Watch)}. */
  default void put(String name, byte[] content) {
    put(name, Payload.of(content), Watch.NONE);
  }

  /**
   * A part of an object, as the store has it now and not from a cache of what was put. The caller
   * closes the stream; failures while reading it are {@link IOException}s.
   *
   * @param offset of the first byte, from 0
   * @param length how many bytes at most; fewer come when the object ends earlier
   * @throws CurfewException NOT_FOUND when there is no such object
   * @throws IllegalArgumentException when offset or length are negative, or the offset is behind
   *     the end
   */
  InputStream open(String name, long offset, long length);

  /** The whole object, see {@link #open(String, long, long)}. */
  default InputStream open(String name) {
    return open(name, 0, Long.MAX_VALUE);
  }

  /**
   * The object's size in bytes.
   *
   * @throws CurfewException NOT_FOUND when there is no such object
   */
  long size(String name);

  /**
   * The names of all objects below a folder, at any depth, sorted; empty for an unknown folder.
   *
   * @param folder a name, of which objects' names are the continuation after a slash
   */
  List<String> list(String folder);

  /** Removes an object; one that is not there is fine. */
  void delete(String name);

  /** Removes all objects below a folder and what half-done puts left there; none is fine. */
  void deleteAll(String folder);

  /** The address of an object or of a folder of them, for people and other programs: a URI. */
  String location(String name);

  /**
   * Tries the store with an object of its own: writes, reads back and deletes it. Does not throw.
   */
  Finding check();

  /** Lets go of connections. */
  @Override
  void close();
}
