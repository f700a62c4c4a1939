package dev.curfew.recording.storage;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/**
 * A folder in which files appear whole or not at all, and stay. It is created once, when it is
 * opened; a folder that is gone later is a share that is not mounted, and is not made anew.
 *
 * <p>Methods that throw {@link IOException} leave it to the caller to translate it with {@link
 * #failure}, once for each of the caller's operations.
 */
final class DurableFolder {
  /** Temporary names begin with a dot, which no other name here does, and end so. */
  private static final String TEMPORARY = ".part";

  // Windows does not open directories as files; its file systems journal the rename themselves.
  private static final boolean DIRECTORIES_ARE_FORCED = File.separatorChar == '/';

  private final Path root;
  private final String what;

  /**
   * @param what what to call it in messages, with an article
   * @throws CurfewException STORAGE_UNAVAILABLE when it is not there and cannot be made
   */
  DurableFolder(Path root, String what) {
    this.root = root.toAbsolutePath().normalize();
    this.what = what;
    try {
      Files.createDirectories(this.root);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  Path resolve(String relative) {
    return root.resolve(relative);
  }

  /** Whether the folder itself can be reached, so that what is missing in it is truly missing. */
  void requirePresent() throws NoSuchFileException {
    if (!Files.isDirectory(root)) {
      throw new NoSuchFileException(root.toString());
    }
  }

  /** Makes a directory below the root, durably. */
  void makeDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    requirePresent();
    Path parent = Objects.requireNonNull(directory.getParent(), "below the root");
    if (!directory.equals(root)) {
      makeDirectory(parent);
    }
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another thread made it; anything else of that name is in the way.
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
    force(parent);
  }

  /** A name beside the target that nobody else has and no listing shows. */
  static Path temporaryFor(Path target) {
    return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + TEMPORARY);
  }

  static boolean isTemporary(Path file) {
    String name = Objects.requireNonNull(file.getFileName(), "a file").toString();
    return name.startsWith(".") && name.endsWith(TEMPORARY);
  }

  static FileChannel createNew(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Gives a file that was forced to disk its own name, replacing what had it, durably. */
  static void publish(Path temporary, Path target) throws IOException {
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    force(Objects.requireNonNull(target.getParent(), "a file in a folder"));
  }

  /** Forces the names in a directory to disk. */
  static void force(Path directory) throws IOException {
    if (DIRECTORIES_ARE_FORCED) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Removes a temporary file after a failure, which is the one to report. */
  static void discard(Path temporary, Exception failure) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** The length of a file that must be there. */
  long size(Path file) throws IOException {
    requirePresent();
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new FileSystemException(file.toString(), null, "not a regular file");
    }
    return attributes.size();
  }

  /** Whatever lies in a directory; nothing when there is no such directory. */
  static List<Path> list(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  /**
   * A part of a file.
   *
   * @throws IndexOutOfBoundsException when it does not lie within the file
   */
  InputStream open(Path file, long offset, long length) throws IOException {
    Objects.checkFromIndexSize(offset, length, size(file));
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      channel.position(offset);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new LimitedInputStream(Channels.newInputStream(channel), length);
  }

  /** Every failure to store something, by name. */
  CurfewException failure(IOException e) {
    return CurfewException.causedBy(
        ErrorCode.STORAGE_UNAVAILABLE, capitalised() + " " + symptom(e), e);
  }

  /** As {@link #failure}, for an operation on a file that ought to be there. */
  CurfewException readFailure(IOException e, String missing) {
    boolean absent = e instanceof NoSuchFileException || e instanceof FileNotFoundException;
    return absent && Files.isDirectory(root) ? CurfewException.notFound(missing) : failure(e);
  }

  private String symptom(IOException e) {
    if (!Files.isDirectory(root)) {
      return "is not there";
    }
    if (e instanceof AccessDeniedException) {
      return "refuses access";
    }
    // The JDK has no type for a full disk; the words are those of Linux, macOS and Windows.
    String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (reason.contains("no space left")
        || reason.contains("not enough space")
        || reason.contains("quota exceeded")) {
      return "is full";
    }
    return reason.contains("read-only file system") ? "is read-only" : "cannot be used now";
  }

  private String capitalised() {
    return what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1);
  }
}
