package dev.curfew.storage;

import com.azure.storage.blob.models.BlobDownloadContentResponse;
import com.azure.storage.blob.models.BlobRequestConditions;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A part of a blob, fetched in pieces of which one is in memory. All are of the same version of the
 * blob: when it is replaced meanwhile, reading fails.
 */
final class AzureDownload extends InputStream {
  private static final int PIECE = 4 << 20;

  private final AzureContainer container;
  private final AzureFailures failures;
  private final String blob;
  private final BlobRequestConditions sameVersion;
  private byte[] piece;
  private int next;
  private long offset;
  private long remaining;

  /**
   * Fetches the first piece.
   *
   * @param offset before the end of the blob
   * @param length at most
   * @throws RuntimeException that {@link AzureFailures} understands
   */
  AzureDownload(
      AzureContainer container, AzureFailures failures, String blob, long offset, long length) {
    this.container = container;
    this.failures = failures;
    this.blob = blob;
    BlobDownloadContentResponse first =
        container.get(blob, offset, (int) Math.min(PIECE, length), new BlobRequestConditions());
    this.piece = first.getValue().toBytes();
    this.sameVersion =
        new BlobRequestConditions().setIfMatch(first.getDeserializedHeaders().getETag());
    this.offset = offset + piece.length;
    this.remaining = Math.min(length, total(first) - offset) - piece.length;
  }

  /** Of the blob, after the slash of {@code bytes 0-99/1234}. */
  private static long total(BlobDownloadContentResponse response) {
    String range = response.getDeserializedHeaders().getContentRange();
    return range == null
        ? response.getDeserializedHeaders().getContentLength()
        : Long.parseLong(range.substring(range.indexOf('/') + 1));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (next == piece.length) {
      if (remaining == 0) {
        return -1;
      }
      fetch();
    }
    int count = Math.min(length, piece.length - next);
    System.arraycopy(piece, next, target, from, count);
    next += count;
    return count;
  }

  private void fetch() throws IOException {
    int wanted = (int) Math.min(PIECE, remaining);
    try {
      piece = container.get(blob, offset, wanted, sameVersion).getValue().toBytes();
    } catch (RuntimeException e) {
      throw failures.broken("the object cannot be read on", e);
    }
    if (piece.length < wanted) {
      throw new EOFException("the object ended " + (remaining - piece.length) + " bytes early");
    }
    next = 0;
    offset += piece.length;
    remaining -= piece.length;
  }
}
