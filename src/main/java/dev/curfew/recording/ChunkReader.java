package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;

/** Reads stored chunks and holds them against the manifest. */
final class ChunkReader {
  private final RecordingSource source;

  ChunkReader(RecordingSource source) {
    this.source = source;
  }

  /** The chunk is lost or altered for good; the message completes "the chunk ...". */
  static final class Damaged extends Exception {
    private static final long serialVersionUID = 1L;

    Damaged(String message) {
      super(message, null, false, false);
    }

    /** The reason, never null. */
    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * What the store has under the chunk's name, whether or not it is what the manifest lists.
   *
   * @throws Damaged when there is nothing
   */
  byte[] unverified(Chunk chunk) throws Damaged {
    return upTo(chunk, chunk.size() + 1);
  }

  /** Whether this is what the manifest lists. */
  static boolean matches(Chunk chunk, byte[] content) {
    return content.length == chunk.size() && Sha256.of(content).equals(chunk.sha256());
  }

  /**
   * The content that the manifest lists.
   *
   * @throws Damaged when it is missing or does not match its hash
   * @throws CurfewException STORAGE_UNAVAILABLE when it cannot be had now
   */
  byte[] read(Chunk chunk) throws Damaged {
    byte[] content = unverified(chunk);
    if (!matches(chunk, content)) {
      throw new Damaged("does not match its hash in the manifest");
    }
    return content;
  }

  /**
   * The first bytes of the chunk, unverified.
   *
   * @throws Damaged when it is missing
   */
  byte[] beginning(Chunk chunk, int length) throws Damaged {
    return upTo(chunk, length);
  }

  private byte[] upTo(Chunk chunk, long length) throws Damaged {
    try (InputStream in = source.open(chunk)) {
      return in.readNBytes(Math.toIntExact(length));
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, "chunk " + chunk.sequence() + " cannot be read", e);
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw new Damaged("is missing from the store");
      }
      if (e.code() == ErrorCode.STORAGE_CORRUPT) {
        throw new Damaged("was altered in the store");
      }
      throw e;
    }
  }
}
