package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chunks as files of a folder, which may be a mounted share:
 *
 * <pre>ROOT/3f/0193…-…3f/000000000042-9b74…e5.png</pre>
 *
 * The first level is the last two digits of the recording's UUID: those are random in every version
 * of UUID, while the first ones of a version 7 are a clock and would put all of a month into one
 * folder. A file is named by sequence and hash of its content.
 */
public final class FolderChunkStore implements ChunkStore {
  private static final Pattern NAME = Pattern.compile("(\\d{12,19})-([0-9a-f]{64})\\.([a-z0-9]+)");

  private final Path root;

  /**
   * @param root is created when missing
   * @throws CurfewException STORAGE_UNAVAILABLE when it cannot be created or is not a folder
   */
  public FolderChunkStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
    try {
      Files.createDirectories(this.root);
    } catch (IOException e) {
      throw unavailable("the folder of the recording store cannot be created", e);
    }
  }

  @Override
  public void put(ChunkKey key, byte[] content) {
    Sha256 actual = Sha256.of(content);
    if (!actual.equals(key.sha256())) {
      throw new IllegalArgumentException(
          "chunk " + key.sequence() + " is named " + key.sha256() + " but contains " + actual);
    }
    Path file = file(key);
    try {
      // Only below the root: when that has vanished, a share is no longer mounted there.
      DurableFile.createDirectories(root, folder(key.recording()));
      if (isIntact(file, key)) {
        // Whoever wrote it may have died between naming it and making the name durable.
        DurableFile.forceDirectory(folder(key.recording()));
        return;
      }
      DurableFile.write(file, out -> out.write(content));
    } catch (IOException e) {
      throw unavailable("chunk " + key.sequence() + " cannot be stored", e);
    }
  }

  private static boolean isIntact(Path file, ChunkKey key) throws IOException {
    return Files.isRegularFile(file) && Sha256.ofFile(file).equals(key.sha256());
  }

  @Override
  public InputStream open(ChunkKey key, long offset, long length) {
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("offset " + offset + ", length " + length);
    }
    try {
      SeekableByteChannel channel = Files.newByteChannel(file(key));
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
      throw missing(key);
    } catch (IOException e) {
      throw unavailable("chunk " + key.sequence() + " cannot be read", e);
    }
  }

  @Override
  public long size(ChunkKey key) {
    try {
      return Files.size(file(key));
    } catch (NoSuchFileException e) {
      throw missing(key);
    } catch (IOException e) {
      throw unavailable("chunk " + key.sequence() + " cannot be read", e);
    }
  }

  @Override
  public List<ChunkKey> list(UUID recording) {
    List<ChunkKey> keys = new ArrayList<>();
    for (Path file : files(recording)) {
      key(recording, file).ifPresent(keys::add);
    }
    keys.sort(Comparator.comparingLong(ChunkKey::sequence));
    return List.copyOf(keys);
  }

  @Override
  public void deleteRecording(UUID recording) {
    Path folder = folder(recording);
    try {
      for (Path file : files(recording)) {
        Files.deleteIfExists(file);
      }
      if (Files.deleteIfExists(folder)) {
        DurableFile.forceDirectory(folder.resolveSibling("."));
      }
    } catch (IOException e) {
      throw unavailable("recording " + recording + " cannot be deleted", e);
    }
  }

  /** Everything in a recording's folder, leftovers included. */
  private List<Path> files(UUID recording) {
    requireRoot();
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder(recording))) {
      entries.forEach(files::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException | DirectoryIteratorException e) {
      throw unavailable("recording " + recording + " cannot be listed", e);
    }
    return files;
  }

  private static Optional<ChunkKey> key(UUID recording, Path file) {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new ChunkKey(
            recording,
            Long.parseLong(name.group(1)),
            Sha256.fromHex(name.group(2)),
            name.group(3)));
  }

  private Path folder(UUID recording) {
    String name = recording.toString();
    return root.resolve(name.substring(name.length() - 2)).resolve(name);
  }

  private Path file(ChunkKey key) {
    return folder(key.recording())
        .resolve("%012d-%s.%s".formatted(key.sequence(), key.sha256().hex(), key.extension()));
  }

  /** A missing file means "not found" only where the store itself is there. */
  private CurfewException missing(ChunkKey key) {
    requireRoot();
    return CurfewException.notFound("chunk " + key.sequence());
  }

  private void requireRoot() {
    if (!Files.isDirectory(root)) {
      throw CurfewException.of(
          ErrorCode.STORAGE_UNAVAILABLE, "the folder of the recording store is not there");
    }
  }

  private static CurfewException unavailable(String message, Exception cause) {
    return CurfewException.causedBy(ErrorCode.STORAGE_UNAVAILABLE, message, cause);
  }
}
