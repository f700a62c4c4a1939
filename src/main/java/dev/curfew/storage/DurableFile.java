package dev.curfew.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writing files so that a crash at any moment leaves either the whole file or none: content goes to
 * a hidden temporary file, is forced to disk, gets its name by an atomic rename, and the directory
 * is forced as well.
 */
public final class DurableFile {
  private static final String TEMPORARY_PREFIX = ".part-";

  /** Windows cannot open a directory to force it, and keeps renames durable by itself. */
  private static final boolean FORCES_DIRECTORIES =
      !System.getProperty("os.name", "").startsWith("Windows");

  /** The temporary files of this process. */
  private static final Set<Path> WRITTEN_HERE = ConcurrentHashMap.newKeySet();

  private DurableFile() {}

  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes or replaces {@code target}, whose directory exists. */
  public static void write(Path target, Content content) throws IOException {
    Path temporary =
        target.resolveSibling(TEMPORARY_PREFIX + UUID.randomUUID() + "-" + target.getFileName());
    try {
      WRITTEN_HERE.add(temporary);
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        lock(channel);
        OutputStream out = Channels.newOutputStream(channel);
        content.writeTo(out);
        channel.force(true);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    } finally {
      WRITTEN_HERE.remove(temporary);
    }
    forceDirectory(parent(target));
  }

  /** As long as a writer lives its file is locked, where the file system has locks. */
  @SuppressWarnings("CheckReturnValue") // closing the channel unlocks
  private static void lock(FileChannel channel) {
    try {
      channel.tryLock();
    } catch (IOException withoutLocks) {
      return; // then nobody can tell that it is left over, and it stays until its folder goes
    }
  }

  /**
   * Deletes what killed writers of this target left beside it. A living one's file is locked, on
   * whichever machine.
   */
  static void deleteLeftovers(Path target) throws IOException {
    String of = "-" + target.getFileName();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            parent(target), file -> isTemporary(file) && file.toString().endsWith(of))) {
      for (Path file : files) {
        // Opening and closing one of our own would unlock it.
        if (!WRITTEN_HERE.contains(file) && isLeftOver(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static boolean isLeftOver(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return channel.tryLock() != null;
    } catch (IOException | OverlappingFileLockException unknown) {
      return false;
    }
  }

  /** Whether this is what {@link #write} left behind when the process was killed. */
  static boolean isTemporary(Path file) {
    return String.valueOf(file.getFileName()).startsWith(TEMPORARY_PREFIX);
  }

  /** Creates what is missing of {@code directory} below {@code root}, which must exist. */
  public static void createDirectories(Path root, Path directory) throws IOException {
    if (directory.equals(root) || Files.isDirectory(directory)) {
      return;
    }
    Path parent = parent(directory);
    createDirectories(root, parent);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    forceDirectory(parent);
  }

  /** Forces the content of a file that somebody else wrote. */
  public static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  public static void forceDirectory(Path directory) throws IOException {
    if (FORCES_DIRECTORIES) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("no directory above " + path);
    }
    return parent;
  }
}
