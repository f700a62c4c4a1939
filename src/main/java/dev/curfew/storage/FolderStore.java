package dev.curfew.storage;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Objects as files of a folder, which may be a mounted share. An object's name is its path in
 * there. A put writes a file of its own beside the target and renames it. It does not resume what a
 * killed process left: to prove those bytes the same costs as much as to write them, so they are
 * deleted, large ones by the next put of the object and all with their folder.
 */
public final class FolderStore implements ObjectStore {
  private static final int BUFFER = 256 * 1024;

  /** From this size on it is worth a look whether a killed put of it left its part. */
  private static final long LARGE = 16 << 20;

  private final Path root;

  /**
   * @param root is created when missing
   * @throws CurfewException STORAGE_UNAVAILABLE when it cannot be created or is not a folder
   */
  public FolderStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
    try {
      Files.createDirectories(this.root);
    } catch (IOException e) {
      throw unavailable("the folder " + this.root + " cannot be created", e);
    }
  }

  @Override
  public void put(String name, Payload content, Watch watch) {
    Path file = file(name);
    try {
      // Only below the root: when that has vanished, a share is no longer mounted there.
      DurableFile.createDirectories(root, file.resolveSibling(".").normalize());
      if (content.size() >= LARGE) {
        DurableFile.deleteLeftovers(file);
      }
      DurableFile.write(file, out -> copy(content, out, watch));
    } catch (IOException e) {
      throw unavailable(name + " cannot be stored", e);
    }
  }

  private static void copy(Payload content, OutputStream out, Watch watch) throws IOException {
    byte[] buffer = new byte[(int) Math.max(1, Math.min(BUFFER, content.size()))];
    long copied = 0;
    try (InputStream in = content.open(0)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
        copied += count;
        watch.moved(count);
      }
    }
    if (copied != content.size()) {
      throw new EOFException(copied + " bytes came where " + content.size() + " were announced");
    }
  }

  @Override
  public InputStream open(String name, long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("offset " + offset + ", length " + length);
    }
    try {
      SeekableByteChannel channel = Files.newByteChannel(file(name));
      try {
        if (offset > channel.size()) {
          throw new IllegalArgumentException(
              "offset " + offset + " is behind the end, " + channel.size());
        }
        channel.position(offset);
        return new BoundedStream(Channels.newInputStream(channel), length);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw missing(name);
    } catch (IOException e) {
      throw unavailable(name + " cannot be read", e);
    }
  }

  @Override
  public long size(String name) {
    try {
      return Files.size(file(name));
    } catch (NoSuchFileException e) {
      throw missing(name);
    } catch (IOException e) {
      throw unavailable(name + " cannot be read", e);
    }
  }

  @Override
  public List<String> list(String folder) {
    requireRoot();
    List<String> names = new ArrayList<>();
    for (Path file : tree(file(folder))) {
      if (Files.isRegularFile(file) && !DurableFile.isTemporary(file)) {
        names.add(root.relativize(file).toString().replace('\\', '/'));
      }
    }
    names.sort(Comparator.naturalOrder());
    return List.copyOf(names);
  }

  @Override
  public void delete(String name) {
    requireRoot();
    Path file = file(name);
    try {
      if (Files.deleteIfExists(file)) {
        DurableFile.forceDirectory(file.resolveSibling("."));
      }
    } catch (NotDirectoryException e) {
      return; // part of the path is a file, so there is nothing below it
    } catch (IOException e) {
      throw unavailable(name + " cannot be deleted", e);
    }
  }

  @Override
  public void deleteAll(String folder) {
    requireRoot();
    Path top = file(folder);
    List<Path> tree = new ArrayList<>(tree(top));
    tree.sort(Comparator.reverseOrder());
    try {
      for (Path file : tree) {
        Files.deleteIfExists(file);
      }
      if (!tree.isEmpty()) {
        DurableFile.forceDirectory(top.resolveSibling("."));
      }
    } catch (IOException e) {
      throw unavailable(folder + " cannot be deleted", e);
    }
  }

  /** A folder with everything in it, leftovers included; empty when it is not there. */
  private static List<Path> tree(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList();
    } catch (NoSuchFileException gone) {
      return List.of();
    } catch (IOException | UncheckedIOException e) {
      throw unavailable(folder.getFileName() + " cannot be listed", e);
    }
  }

  @Override
  public String location(String name) {
    return file(name).toUri().toString();
  }

  @Override
  public Finding check() {
    Probe probe = Probe.fresh();
    try {
      put(probe.name(), probe.content());
      byte[] back;
      try (InputStream in = open(probe.name())) {
        back = in.readAllBytes();
      } finally {
        delete(probe.name());
      }
      return probe.judge("the folder " + root, back, "written, read and deleted from");
    } catch (IOException | CurfewException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof AccessDeniedException) {
        return Finding.refused(
            "this process may not write to the folder " + root + "; give its user the right to");
      }
      return Finding.unreachable("the folder " + root + " cannot be used: " + cause);
    }
  }

  @Override
  public void close() {
    // Nothing is held open.
  }

  private Path file(String name) {
    return root.resolve(ObjectName.require(name));
  }

  /** A missing file means "not found" only where the store itself is there. */
  private CurfewException missing(String name) {
    requireRoot();
    return CurfewException.notFound(name);
  }

  private void requireRoot() {
    if (!Files.isDirectory(root)) {
      throw CurfewException.of(
          ErrorCode.STORAGE_UNAVAILABLE, "the folder " + root + " is not there");
    }
  }

  private static CurfewException unavailable(String message, Exception cause) {
    return CurfewException.causedBy(ErrorCode.STORAGE_UNAVAILABLE, message, cause);
  }
}
