package dev.curfew.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

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
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream out = Channels.newOutputStream(channel);
        content.writeTo(out);
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    forceDirectory(parent(target));
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
