package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ChunkContent.Inline;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The rules of a recording's manifest: rows numbered without gaps, each bound to all before it by a
 * hash chain. Pure functions.
 *
 * <p>The chain starts from {@link #genesis}, which names the recording, so that rows cannot be
 * moved to another one. A row's link is SHA-256 over these bytes:
 *
 * <pre>
 *   32  the previous link, or the genesis for the first row
 *    8  sequence, big-endian
 *    8  capturedAt, milliseconds since the epoch, big-endian
 *    8  size, big-endian
 *   32  SHA-256 of the content
 *    n  the kind's name in ASCII
 * </pre>
 *
 * The fields before the kind have fixed lengths, so no two rows have the same bytes. A chain proves
 * that nothing was changed, reordered, inserted or cut out in front of its last link; that nothing
 * was cut off at the end is proved by comparing the last link with one kept elsewhere.
 */
public final class ChunkManifest {
  /** The sequence of a recording's first chunk. */
  public static final long FIRST_SEQUENCE = 1;

  private static final String CHAIN_NAME = "curfew recording manifest 1";

  private ChunkManifest() {}

  /**
   * The first row that breaks the rules.
   *
   * @param index its place in the list that was verified, from 0
   * @param reason completes the sentence "chunk n ..."
   */
  public record Break(int index, long sequence, String reason) {}

  /** What the first row of this recording is linked to. */
  public static Sha256 genesis(UUID recording) {
    MessageDigest digest = Sha256.digest();
    digest.update(CHAIN_NAME.getBytes(StandardCharsets.US_ASCII));
    digest.update(
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(recording.getMostSignificantBits())
            .putLong(recording.getLeastSignificantBits())
            .flip());
    return Sha256.from(digest);
  }

  /** The link of a row whose predecessor has the link {@code previous}. */
  public static Sha256 link(
      Sha256 previous, long sequence, ChunkKind kind, long capturedAt, long size, Sha256 sha256) {
    MessageDigest digest = Sha256.digest();
    digest.update(previous.bytes());
    digest.update(
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(sequence)
            .putLong(capturedAt)
            .putLong(size)
            .flip());
    digest.update(sha256.bytes());
    digest.update(kind.name().getBytes(StandardCharsets.US_ASCII));
    return Sha256.from(digest);
  }

  /** The row that comes after {@code previous} and holds this text itself. */
  public static Chunk next(
      Sha256 previous, long sequence, ChunkKind kind, long capturedAt, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return next(
        previous,
        sequence,
        kind,
        capturedAt,
        bytes.length,
        Sha256.of(bytes),
        new ChunkContent.Inline(text));
  }

  /** The row that comes after {@code previous} and lists this content. */
  public static Chunk next(
      Sha256 previous,
      long sequence,
      ChunkKind kind,
      long capturedAt,
      long size,
      Sha256 sha256,
      ChunkContent content) {
    Sha256 link = link(previous, sequence, kind, capturedAt, size, sha256);
    return new Chunk(sequence, kind, capturedAt, size, sha256, link, content);
  }

  /**
   * Verifies a whole manifest, in order of sequence from the first row on. Inline text is held
   * against its size and hash; stored objects are not looked at.
   *
   * @return the first bad row, or empty when all are good
   */
  public static Optional<Break> verify(UUID recording, List<Chunk> chunks) {
    Sha256 previous = genesis(recording);
    for (int i = 0; i < chunks.size(); i++) {
      Chunk chunk = chunks.get(i);
      Optional<String> fault = fault(previous, FIRST_SEQUENCE + i, chunk);
      if (fault.isPresent()) {
        return Optional.of(new Break(i, chunk.sequence(), fault.get()));
      }
      previous = chunk.link();
    }
    return Optional.empty();
  }

  /**
   * What is wrong with a row, if anything.
   *
   * @param previous the link of the row before, or the genesis
   * @return completes the sentence "chunk n ..."
   */
  static Optional<String> fault(Sha256 previous, long expectedSequence, Chunk chunk) {
    if (chunk.sequence() != expectedSequence) {
      return Optional.of("stands where chunk " + expectedSequence + " should");
    }
    Sha256 link =
        link(
            previous,
            chunk.sequence(),
            chunk.kind(),
            chunk.capturedAt(),
            chunk.size(),
            chunk.sha256());
    if (!link.equals(chunk.link())) {
      return Optional.of("does not continue the hash chain");
    }
    if (chunk.content() instanceof Inline inline) {
      byte[] bytes = inline.text().getBytes(StandardCharsets.UTF_8);
      if (bytes.length != chunk.size() || !Sha256.of(bytes).equals(chunk.sha256())) {
        return Optional.of("has text that does not match its hash");
      }
    }
    return Optional.empty();
  }
}
