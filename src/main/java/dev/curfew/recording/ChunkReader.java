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
   * What the store has under a chunk's name.
   *
   * @param intact whether it is what the manifest lists
   */
  record Found(byte[] content, boolean intact) {}

  /**
   * The whole chunk, whether or not it matches its hash.
   *
   * @throws Damaged when it is missing
   */
  Found find(Chunk chunk) throws Damaged {
    byte[] content = upTo(chunk, chunk.size() + 1);
    boolean intact = content.length == chunk.size() && Sha256.of(content).equals(chunk.sha256());
    return new Found(content, intact);
  }

  /**
   * The whole chunk.
   *
   * @throws Damaged when it is missing or does not match its hash
   * @throws CurfewException STORAGE_UNAVAILABLE when it cannot be had now
   */
  byte[] read(Chunk chunk) throws Damaged {
    Found found = find(chunk);
    if (!found.intact()) {
      throw new Damaged("does not match its hash in the manifest");
    }
    return found.content();
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
      throw e;
    }
  }
}
