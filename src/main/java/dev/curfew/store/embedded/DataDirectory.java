package dev.curfew.store.embedded;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

/**
 * The directory in which a node keeps what is its own. Held by one process at a time: the lock goes
 * when the process does, however it ends.
 */
public final class DataDirectory implements AutoCloseable {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /**
   * Directories held by this process. Asked before the lock file is opened, because on POSIX
   * closing any second descriptor of a file drops the process's lock on it.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path path;
  private final FileChannel channel;
  private final FileLock lock;

  private DataDirectory(Path path, FileChannel channel, FileLock lock) {
    this.path = path;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Takes the directory for this process, creating it if need be.
   *
   * @throws CurfewException BAD_CONFIGURATION when another process holds it or it cannot be written
   */
  public static DataDirectory open(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
      }
      Path real = directory.toRealPath();
      synchronized (HELD) {
        if (HELD.contains(real)) {
          throw inUse(real, "this process");
        }
        DataDirectory held = lock(real);
        HELD.add(real);
        return held;
      }
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION, "data.dir " + directory + " cannot be used: " + e, e);
    }
  }

  private static DataDirectory lock(Path real) throws IOException {
    FileChannel channel =
        FileChannel.open(
            real.resolve("curfew.lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            OWNER_ONLY_FILE);
    try {
      FileLock lock = channel.tryLock();
      // The holder's name stands in a file of its own, so that reading it touches no lock.
      Path holder = real.resolve("curfew.pid");
      if (lock == null) {
        throw inUse(real, "process " + (Files.exists(holder) ? Files.readString(holder) : "?"));
      }
      Files.writeString(holder, Long.toString(ProcessHandle.current().pid()));
      return new DataDirectory(real, channel, lock);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static CurfewException inUse(Path directory, String holder) {
    return CurfewException.of(
        ErrorCode.BAD_CONFIGURATION,
        "data.dir " + directory + " is in use by another Curfew node (" + holder + ")");
  }

  /** The directory itself, absolute. */
  public Path path() {
    return path;
  }

  /** A directory in it that only this account can enter, created if need be. */
  public Path privateDirectory(String name) throws IOException {
    Path directory = path.resolve(name);
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
    }
    return directory;
  }

  /**
   * A random secret that is made once and kept in a file that only this account can read.
   *
   * @param file relative to this directory
   * @param bytes of randomness
   * @return the secret in base64
   * @throws CurfewException BAD_CONFIGURATION when other accounts may read the file
   */
  public String secret(Path file, int bytes) throws IOException {
    Path kept = path.resolve(file);
    if (!Files.exists(kept)) {
      byte[] random = new byte[bytes];
      new SecureRandom().nextBytes(random);
      writePrivate(kept, Base64.getEncoder().encodeToString(random) + "\n");
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(kept);
    permissions.removeAll(PosixFilePermissions.fromString("rwx------"));
    if (!permissions.isEmpty()) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          kept + " holds a secret but others may read it: chmod 600 it");
    }
    return Files.readString(kept).strip();
  }

  /** Appears complete and on disk, or not at all. */
  private static void writePrivate(Path file, String content) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            OWNER_ONLY_FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(file.resolveSibling("."));
  }

  /** Makes renames in a directory outlast a power failure. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Lets the next process have the directory. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      if (!lock.isValid()) {
        return;
      }
      HELD.remove(path);
      Files.deleteIfExists(path.resolve("curfew.pid"));
      lock.release();
      channel.close();
    }
  }
}
