package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import java.io.InputStream;

/**
 * Where finished recordings are delivered. Objects have names with forward slashes, such as {@code
 * 2026/11/22/SESSION/video.mp4}; that is all a folder, a share, S3 or Azure Blob must offer.
 *
 * <p>Every method blocks, may be called from several threads for different names, and throws {@link
 * CurfewException} STORAGE_UNAVAILABLE when the destination cannot be reached, is full or fails;
 * repeating is safe.
 */
public interface ArtefactDestination {

  /**
   * Stores an object under a name, in place of any that had it. When this returns the content
   * survives a loss of power; until then, and when it throws, readers see the former object or
   * none, never a part. What the stream throws that is not an {@link java.io.IOException} ends the
   * call and is thrown on.
   *
   * @param content is read to its end but not closed
   * @param size how many bytes that is; with fewer or more the call fails
   */
  void put(String name, InputStream content, long size);

  /**
   * The object's content as the destination has it, not from a cache of what was put; the caller
   * closes the stream.
   *
   * @throws CurfewException NOT_FOUND when there is no such object
   */
  InputStream open(String name);

  /** The address of an object or of a folder of them, for people and other programs: a URI. */
  String location(String name);
}
