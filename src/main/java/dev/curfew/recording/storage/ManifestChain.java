package dev.curfew.recording.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The chain over the rows of a recording's manifest. Each row's link is the SHA-256 of, in this
 * order and big-endian:
 *
 * <pre>
 *   32 bytes  link of the row before; for the first row, the recording's origin
 *    8 bytes  sequence, from 0
 *    4 bytes  kind, the code stored with the row
 *    8 bytes  captured at, epoch milliseconds
 *    8 bytes  size in bytes
 *   32 bytes  SHA-256 of the chunk's bytes
 * </pre>
 *
 * <p>The origin is the SHA-256 of the ASCII text {@code curfew-manifest-1} and the 16 bytes of the
 * recording's id, so that the rows of one recording cannot stand for another's. Every field has a
 * fixed length: no two rows have the same encoding. Rows cut off at the end leave a chain that is
 * sound in itself; they are found by comparing {@link Verdict#end} with the link that is kept with
 * the recording.
 */
public final class ManifestChain {
  /** Length of a link and of a SHA-256, in bytes. */
  public static final int LINK_LENGTH = 32;

  private static final byte[] DOMAIN = "curfew-manifest-1".getBytes(StandardCharsets.US_ASCII);
  private static final int ENCODED_LENGTH = 2 * LINK_LENGTH + 3 * Long.BYTES + Integer.BYTES;

  private ManifestChain() {}

  /** What the chain covers of a row, and the link that was stored with it. */
  @SuppressWarnings("ArrayRecordComponent")
  public record ManifestRow(
      long sequence, int kind, long capturedAt, long size, byte[] sha256, byte[] link) {}

  /**
   * What came of verifying rows.
   *
   * @param end the link of the last sound row: what the rows after it are verified from
   * @param next the sequence number expected after the last sound row
   * @param fault the first bad row; empty when all are sound
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Verdict(byte[] end, long next, Optional<Fault> fault) {
    public boolean sound() {
      return fault.isEmpty();
    }
  }

  /**
   * A row that does not belong where it is.
   *
   * @param index its place in the list that was verified, from 0
   * @param sequence the number it carries
   * @param reason what is wrong, in a sentence
   */
  public record Fault(int index, long sequence, String reason) {}

  /** What stands before the first row of a recording. */
  public static byte[] origin(UUID recording) {
    ByteBuffer id = ByteBuffer.allocate(2 * Long.BYTES);
    id.putLong(recording.getMostSignificantBits()).putLong(recording.getLeastSignificantBits());
    MessageDigest digest = Sha256.start();
    digest.update(DOMAIN);
    return digest.digest(id.array());
  }

  /**
   * The link of a row.
   *
   * @param previous the link of the row before; {@link #origin} for the first
   * @param capturedAt epoch milliseconds
   * @param size bytes
   * @param sha256 of the chunk's bytes
   * @throws IllegalArgumentException when a digest is not of {@link #LINK_LENGTH}
   */
  public static byte[] link(
      byte[] previous, long sequence, int kind, long capturedAt, long size, byte[] sha256) {
    if (previous.length != LINK_LENGTH || sha256.length != LINK_LENGTH) {
      throw new IllegalArgumentException("a SHA-256 has 32 bytes");
    }
    ByteBuffer encoded = ByteBuffer.allocate(ENCODED_LENGTH);
    encoded.put(previous).putLong(sequence).putInt(kind).putLong(capturedAt).putLong(size);
    encoded.put(sha256);
    return Sha256.of(encoded.array());
  }

  /** Verifies a whole manifest, in order of sequence. */
  public static Verdict verify(UUID recording, List<ManifestRow> rows) {
    return verify(origin(recording), 0, rows);
  }

  /**
   * Verifies the rows that follow those verified before; a long manifest is verified page by page.
   *
   * @param previous {@link Verdict#end} of the page before
   * @param first {@link Verdict#next} of the page before
   */
  public static Verdict verify(byte[] previous, long first, List<ManifestRow> rows) {
    byte[] end = previous;
    long next = first;
    for (int index = 0; index < rows.size(); index++) {
      ManifestRow row = rows.get(index);
      Optional<String> reason = reasonAgainst(end, next, row);
      if (reason.isPresent()) {
        return new Verdict(end, next, Optional.of(new Fault(index, row.sequence, reason.get())));
      }
      end = row.link;
      next++;
    }
    return new Verdict(end, next, Optional.empty());
  }

  private static Optional<String> reasonAgainst(byte[] previous, long expected, ManifestRow row) {
    if (row.sequence != expected) {
      return Optional.of("row " + row.sequence + " stands where row " + expected + " belongs");
    }
    if (row.sha256.length != LINK_LENGTH) {
      return Optional.of("row " + row.sequence + " has no SHA-256 of its chunk");
    }
    byte[] link = link(previous, row.sequence, row.kind, row.capturedAt, row.size, row.sha256);
    return Arrays.equals(link, row.link)
        ? Optional.empty()
        : Optional.of("row " + row.sequence + " does not continue the chain");
  }
}
