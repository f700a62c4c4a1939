package dev.curfew.recording.storage;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * Finished recordings in a folder, local or of a share.
 *
 * <p>A file is copied under a temporary name, forced to disk, read back from there, and only then
 * given its own name: a copy that went wrong never replaces a good one, and nobody reads it. Two
 * workers that store the same file at once, one of them no longer entitled to, do not meet before
 * that last step.
 */
public final class FolderDestination implements Destination {
  /** How much is copied between two reports of progress. */
  private static final int BUFFER_SIZE = 1 << 20;

  private static final Pattern LOCATION =
      Pattern.compile("\\d{4}/\\d{2}/\\d{2}/[0-9a-f-]{36}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /** Sees each copy after it was written and before it is read back. */
  @FunctionalInterface
  interface BeforeReadBack {
    void written(Path copy) throws IOException;
  }

  private final DurableFolder folder;
  private final BeforeReadBack beforeReadBack;

  /**
   * @param root made if it is not there
   * @throws CurfewException STORAGE_UNAVAILABLE when it cannot be made
   */
  public FolderDestination(Path root) {
    this(root, copy -> {});
  }

  FolderDestination(Path root, BeforeReadBack beforeReadBack) {
    this.folder = new DurableFolder(root, "the destination");
    this.beforeReadBack = beforeReadBack;
  }

  /** Length and digest of what was read. */
  private record Sum(long size, String sha256) {
    boolean matches(FinishedFile file) {
      return size == file.size() && sha256.equals(file.sha256());
    }
  }

  @Override
  public Stored store(Place place, FinishedFile file, Progress progress) {
    Path directory = folder.resolve(place.path());
    Path target = directory.resolve(file.name());
    Stored stored =
        new Stored(file.name(), place.path() + "/" + file.name(), file.size(), file.sha256());
    try {
      folder.makeDirectory(directory);
      if (holds(target, file, progress)) {
        DurableFolder.force(directory);
        return stored;
      }
      Path copy = DurableFolder.temporaryFor(target);
      try {
        copy(file, copy, progress);
        beforeReadBack.written(copy);
        Sum readBack = sum(copy, read -> progress.moved(file.size(), read));
        if (!readBack.matches(file)) {
          throw differs(stored, readBack.size());
        }
        DurableFolder.publish(copy, target);
      } catch (IOException | RuntimeException e) {
        DurableFolder.discard(copy, e);
        throw e;
      }
      return stored;
    } catch (IOException e) {
      throw folder.failure(e);
    }
  }

  /** Whether an earlier attempt brought the file here already. */
  private static boolean holds(Path target, FinishedFile file, Progress progress)
      throws IOException {
    return Files.exists(target)
        && Files.size(target) == file.size()
        && sum(target, read -> progress.moved(file.size(), read)).matches(file);
  }

  private static void copy(FinishedFile file, Path copy, Progress progress) throws IOException {
    try (InputStream source = source(file);
        FileChannel target = DurableFolder.createNew(copy)) {
      MessageDigest digest = Sha256.start();
      byte[] buffer = new byte[BUFFER_SIZE];
      long written = 0;
      for (int count = fill(source, file, buffer); count >= 0; count = fill(source, file, buffer)) {
        digest.update(buffer, 0, count);
        ByteBuffer left = ByteBuffer.wrap(buffer, 0, count);
        while (left.hasRemaining()) {
          target.write(left);
        }
        written += count;
        progress.moved(written, 0);
      }
      Sum sent = new Sum(written, HexFormat.of().formatHex(digest.digest()));
      if (!sent.matches(file)) {
        throw CurfewException.of(
            ErrorCode.UNPROCESSABLE,
            "sha256",
            "The finished file " + file.name() + " is not what it was when it was finished");
      }
      target.force(true);
    }
  }

  // A failure to read the local file is not one of the destination.

  private static InputStream source(FinishedFile file) {
    try {
      return Files.newInputStream(file.file());
    } catch (NoSuchFileException e) {
      throw CurfewException.notFound("The finished file " + file.name());
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static int fill(InputStream source, FinishedFile file, byte[] buffer) {
    try {
      return source.read(buffer);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static CurfewException unreadable(FinishedFile file, IOException e) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_UNAVAILABLE, "The finished file " + file.name() + " cannot be read", e);
  }

  private static Sum sum(Path file, LongConsumer progress) throws IOException {
    try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
      MessageDigest digest = Sha256.start();
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
      long read = 0;
      for (int count = source.read(buffer); count >= 0; count = source.read(buffer.clear())) {
        digest.update(buffer.flip());
        read += count;
        progress.accept(read);
      }
      return new Sum(read, HexFormat.of().formatHex(digest.digest()));
    }
  }

  private static CurfewException differs(Stored stored, long size) {
    return CurfewException.of(
        ErrorCode.STORAGE_UNAVAILABLE,
        "The destination does not hold %s as it was sent: %d bytes read back, %d sent, %s"
            .formatted(
                stored.name(),
                size,
                stored.size(),
                size == stored.size() ? "with another SHA-256" : "of another length"));
  }

  @Override
  public Stored seal(Place place, List<Stored> files) {
    Path directory = folder.resolve(place.path());
    Path target = directory.resolve(MANIFEST);
    byte[] text = SealText.of(place, files);
    try {
      folder.makeDirectory(directory);
      for (Stored file : files) {
        Path there = directory.resolve(file.name());
        long size = Files.exists(there) ? folder.size(there) : 0;
        if (!Files.exists(there) || size != file.size()) {
          throw differs(file, size);
        }
      }
      Path copy = DurableFolder.temporaryFor(target);
      try {
        Files.write(copy, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.DSYNC);
        DurableFolder.publish(copy, target);
      } catch (IOException | RuntimeException e) {
        DurableFolder.discard(copy, e);
        throw e;
      }
      for (Path file : DurableFolder.list(directory)) {
        if (DurableFolder.isTemporary(file)) {
          Files.deleteIfExists(file);
        }
      }
      String sha256 = HexFormat.of().formatHex(Sha256.of(text));
      return new Stored(MANIFEST, place.path() + "/" + MANIFEST, text.length, sha256);
    } catch (IOException e) {
      throw folder.failure(e);
    }
  }

  @Override
  public long size(String location) {
    try {
      return folder.size(fileAt(location));
    } catch (IOException e) {
      throw folder.readFailure(e, "The stored file");
    }
  }

  @Override
  public InputStream open(String location, long offset, long length) {
    try {
      return folder.open(fileAt(location), offset, length);
    } catch (IOException e) {
      throw folder.readFailure(e, "The stored file");
    }
  }

  private Path fileAt(String location) {
    if (!LOCATION.matcher(location).matches()) {
      throw new IllegalArgumentException("not a location of this destination: " + location);
    }
    return folder.resolve(location);
  }
}
