package dev.curfew.bench;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.recording.Sha256;
import dev.curfew.recording.Uploader;
import dev.curfew.storage.FolderStore;
import dev.curfew.storage.ObjectStore;
import dev.curfew.storage.Payload;
import dev.curfew.storage.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * MB/s of the uploader from the stage to a destination, both folders, beside a plain copy of the
 * same file with the same guarantees, by turns in the same run: read, SHA-256, write, fsync, read
 * back, SHA-256.
 *
 * <p>Arguments: megabytes, rounds; 256 and 5 without them.
 */
public final class UploadBench {
  private static final int BLOCK = 1 << 20;
  private static final String STAGED = "3f/session/artefacts/claim/video.mp4";

  private UploadBench() {}

  public static void main(String[] args) throws Exception {
    int megabytes = args.length > 0 ? Integer.parseInt(args[0]) : 256;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    Path directory = Files.createTempDirectory(Path.of("target"), "upload-bench-");
    ObjectStore stage = new FolderStore(directory.resolve("raw"));
    stage.put(STAGED, random(megabytes), Watch.NONE);
    Path source = directory.resolve("raw").resolve(STAGED);
    Sha256 sha256 = sha256(source);
    ObjectStore destination = new FolderStore(directory.resolve("stored"));
    double[] uploads = new double[rounds];
    double[] copies = new double[rounds];
    for (int round = -1; round < rounds; round++) {
      double copied = megabytes / copy(source, directory.resolve("copy"), sha256);
      double uploaded = megabytes / upload(stage, destination, (long) megabytes << 20, sha256);
      if (round < 0) {
        continue; // the code was cold
      }
      uploads[round] = uploaded;
      copies[round] = copied;
      System.out.printf(
          "round %d: upload %,.0f MB/s, plain copy %,.0f MB/s%n", round + 1, uploaded, copied);
    }
    Arrays.sort(uploads);
    Arrays.sort(copies);
    System.out.printf(
        "median of %d rounds of %d MB: upload %,.0f MB/s, plain copy %,.0f MB/s, ratio %.2f%n",
        rounds,
        megabytes,
        uploads[rounds / 2],
        copies[rounds / 2],
        uploads[rounds / 2] / copies[rounds / 2]);
    stage.deleteAll("3f");
    destination.deleteAll("2026");
    Files.deleteIfExists(directory.resolve("copy"));
    System.exit(0);
  }

  private static Payload random(int megabytes) {
    byte[] block = new byte[BLOCK];
    return new Payload() {
      @Override
      public long size() {
        return (long) megabytes << 20;
      }

      @Override
      public InputStream open(long offset) {
        Random random = new Random(11);
        return new InputStream() {
          private long left = size() - offset;

          @Override
          public int read() {
            throw new UnsupportedOperationException();
          }

          @Override
          public int read(byte[] buffer, int start, int length) {
            if (left == 0) {
              return -1;
            }
            int count = (int) Math.min(Math.min(left, length), BLOCK);
            random.nextBytes(block);
            System.arraycopy(block, 0, buffer, start, count);
            left -= count;
            return count;
          }
        };
      }
    };
  }

  private static double upload(
      ObjectStore stage, ObjectStore destination, long size, Sha256 sha256) {
    Payload content =
        new Payload() {
          @Override
          public long size() {
            return size;
          }

          @Override
          public InputStream open(long offset) {
            return stage.open(STAGED, offset, Long.MAX_VALUE);
          }
        };
    long since = System.nanoTime();
    new Uploader(destination)
        .upload(
            UUID.fromString("01932f5e-8c2a-7b3d-9e4f-5a6b7c8d9e0f"),
            1_795_319_822_054L,
            List.of(new Uploader.Outgoing(ArtefactKind.VIDEO, "video/mp4", content, sha256)),
            fraction -> {},
            () -> false);
    return (System.nanoTime() - since) / 1e9;
  }

  private static double copy(Path source, Path target, Sha256 expected) throws IOException {
    Files.deleteIfExists(target);
    long since = System.nanoTime();
    MessageDigest digest = digest();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel in = FileChannel.open(source);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
        buffer.rewind();
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
      out.force(true);
    }
    if (!Sha256.fromBytes(digest.digest()).equals(expected) || !sha256(target).equals(expected)) {
      throw new IllegalStateException("the copy is not the same");
    }
    return (System.nanoTime() - since) / 1e9;
  }

  private static Sha256 sha256(Path file) throws IOException {
    MessageDigest digest = digest();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel in = FileChannel.open(file)) {
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
      }
    }
    return Sha256.fromBytes(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
