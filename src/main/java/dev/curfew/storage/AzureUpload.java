package dev.curfew.storage;

import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobStorageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * One put of a large object: blocks that become the blob when the list of them is committed.
 *
 * <p>The id of a block is made of its place and the SHA-256 of its bytes, and the service took it
 * only with bytes of the right MD5. So a block that is there under its id, and of its size, is the
 * one that would be sent, whoever sent it; a block of other content has another id, and is thrown
 * away by the service with the commit.
 *
 * <p>Several callers may stage the same blocks. Whoever commits other content meanwhile makes the
 * service forget them; then they are sent again.
 */
final class AzureUpload {
  /** Of all blocks but the last of objects up to 390 GiB; also what is sent without blocks. */
  static final int SMALLEST_BLOCK = 8 << 20;

  /** Azure takes no more blocks for a blob. */
  static final int MOST_BLOCKS = 50_000;

  /** What fits into memory as one array; objects are limited to 50,000 of it, 48 TiB. */
  private static final long LARGEST_BLOCK = 1 << 30;

  private static final long MEBIBYTE = 1 << 20;

  /** So often may others make the service forget the blocks before a put fails. */
  private static final int MOST_BEGINNINGS = 5;

  private final AzureContainer container;
  private final String blob;
  private final Payload content;
  private final Watch watch;
  private final int blockSize;
  private long told;

  AzureUpload(AzureContainer container, String blob, Payload content, Watch watch) {
    this.container = container;
    this.blob = blob;
    this.content = content;
    this.watch = watch;
    this.blockSize = blockSize(content.size());
  }

  /**
   * How large the blocks of an object are: its size alone decides, so that a later try divides it
   * in the same way.
   *
   * @throws IllegalArgumentException for an object that is larger than Azure takes
   */
  static int blockSize(long objectSize) {
    long needed = (objectSize + MOST_BLOCKS - 1) / MOST_BLOCKS;
    long rounded = (needed + MEBIBYTE - 1) / MEBIBYTE * MEBIBYTE;
    if (rounded > LARGEST_BLOCK) {
      throw new IllegalArgumentException("an object of " + objectSize + " bytes is too large");
    }
    return (int) Math.max(SMALLEST_BLOCK, rounded);
  }

  /**
   * Brings the object into the container.
   *
   * @throws IOException when the content cannot be read
   */
  void run() throws IOException {
    if (content.size() <= SMALLEST_BLOCK) {
      container.put(blob, read(0, (int) content.size()));
      tell(content.size());
      return;
    }
    for (int beginnings = 1; ; beginnings++) {
      try {
        container.commit(blob, stage(container.blocks(blob)));
        return;
      } catch (BlobStorageException e) {
        if (!BlobErrorCode.INVALID_BLOCK_LIST.equals(e.getErrorCode())
            || beginnings == MOST_BEGINNINGS) {
          throw e;
        }
      }
    }
  }

  private List<String> stage(Map<String, Long> there) throws IOException {
    List<String> ids = new ArrayList<>();
    for (long offset = 0; offset < content.size(); offset += blockSize) {
      byte[] block = read(offset, (int) Math.min(blockSize, content.size() - offset));
      String id = id(ids.size(), block);
      if (there.getOrDefault(id, -1L) != block.length) {
        container.stage(blob, id, block);
      }
      ids.add(id);
      tell(offset + block.length);
    }
    return ids;
  }

  /** All ids of a blob are of one length, of at most 64 characters before they are encoded. */
  static String id(int index, byte[] block) {
    String hash = Base64.getUrlEncoder().withoutPadding().encodeToString(hash("SHA-256", block));
    return Base64.getEncoder()
        .encodeToString("%05d-%s".formatted(index, hash).getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] hash(String algorithm, byte[] content) {
    try {
      return MessageDigest.getInstance(algorithm).digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256 and MD5
    }
  }

  private byte[] read(long offset, int length) throws IOException {
    // Opened for each block: a source that is far away need not hold out while a block is sent.
    try (InputStream in = content.open(offset)) {
      byte[] block = in.readNBytes(length);
      if (block.length < length) {
        throw new EOFException(
            (offset + block.length) + " bytes came where " + content.size() + " were announced");
      }
      if (offset + length == content.size() && in.read() >= 0) {
        throw new IOException("more bytes came than the " + content.size() + " announced");
      }
      return block;
    }
  }

  /** Tells every byte once, however often it was sent. */
  private void tell(long reached) {
    long news = Math.max(0, reached - told);
    told += news;
    watch.moved(news);
  }
}
