package dev.curfew.worker;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where encoders of one machine keep what they need for a while:
 *
 * <pre>
 * native/        the media library, unpacked; used again by the next start
 * NAME.lock      held by the process of that name as long as it lives
 * NAME/          its scratch files, gone when it ends
 * </pre>
 *
 * What a process left that was killed is removed by whichever starts next. The directory holds
 * pieces of recordings, and code that is loaded from it: only its owner may enter it. Everything
 * here blocks.
 */
public final class WorkDirectory implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final String LOCK = ".lock";

  private final Path root;
  private final Path scratch;
  private final Path lockFile;
  private final FileChannel held;

  private WorkDirectory(Path root, String name, FileChannel held) {
    this.root = root;
    this.scratch = root.resolve(name);
    this.lockFile = root.resolve(name + LOCK);
    this.held = held;
  }

  /**
   * @param root created when missing
   * @param name of this process; letters, digits, dots, dashes and underscores
   * @throws CurfewException BAD_CONFIGURATION when the name cannot be used, another process of that
   *     name is alive, or the directory cannot be used or is another user's
   */
  public static WorkDirectory open(Path root, String name) {
    if (!NAME.matcher(name).matches()) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          "The instance name may have letters, digits, dots, dashes and underscores only: " + name);
    }
    try {
      Path directory = own(root.toAbsolutePath().normalize());
      sweep(directory);
      FileChannel held = lock(directory.resolve(name + LOCK));
      if (held == null) {
        throw CurfewException.of(
            ErrorCode.BAD_CONFIGURATION,
            "Another encoder of the name " + name + " is at work in " + directory);
      }
      Files.createDirectories(directory.resolve(name));
      return new WorkDirectory(directory, name, held);
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION, "The work directory " + root + " cannot be used: " + e, e);
    }
  }

  private static Path own(Path directory) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    if (!Files.isDirectory(directory)) {
      Path parent = directory.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      if (posix) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } else {
        Files.createDirectory(directory);
      }
    }
    if (posix && !Files.getOwner(directory).getName().equals(System.getProperty("user.name"))) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          "The work directory " + directory + " belongs to another user");
    }
    return directory;
  }

  /** Removes what processes left that are no more. */
  private static void sweep(Path directory) throws IOException {
    List<Path> locks;
    try (Stream<Path> files = Files.list(directory)) {
      locks = files.filter(file -> file.toString().endsWith(LOCK)).toList();
    }
    for (Path file : locks) {
      try (FileChannel free = lock(file)) {
        if (free != null) {
          String name = file.getFileName().toString();
          delete(directory.resolve(name.substring(0, name.length() - LOCK.length())));
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /** Null when another process holds it. */
  private static @Nullable FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException heldHere) {
      channel.close();
      return null;
    }
    channel.close();
    return null;
  }

  Path nativeLibraries() {
    return root.resolve("native");
  }

  Path scratch() {
    return scratch;
  }

  /** Removes the scratch files and lets go of the name. */
  @Override
  public void close() throws IOException {
    try (held) {
      delete(scratch);
      Files.deleteIfExists(lockFile);
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException gone) {
      return;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
