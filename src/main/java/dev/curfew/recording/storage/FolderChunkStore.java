package dev.curfew.recording.storage;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Chunks in a folder: {@code <xx>/<yy>/<recording>/<name>}, where xx and yy are the last four
 * digits of the recording's id. The first digits of an id are its time, the same for all sessions
 * of years; the last are random and spread the recordings evenly over 65,536 directories.
 */
public final class FolderChunkStore implements ChunkStore {
  private static final int STRIPES = 64;

  private final DurableFolder folder;

  // Between looking for the key and taking its name nobody else of this process may take it. Other
  // processes on the same folder are kept apart by naming chunks after their content.
  private final ReentrantLock[] naming = new ReentrantLock[STRIPES];

  /**
   * @param root made if it is not there
   * @throws CurfewException STORAGE_UNAVAILABLE when it cannot be made
   */
  public FolderChunkStore(Path root) {
    folder = new DurableFolder(root, "the recording store");
    Arrays.setAll(naming, stripe -> new ReentrantLock());
  }

  @Override
  public void put(ChunkKey key, byte[] content) {
    Path target = fileOf(key);
    try {
      if (holds(key, target, content)) {
        // Whoever renamed it may not have come to force the name to disk.
        DurableFolder.force(directoryOf(key.recording()));
        return;
      }
      folder.makeDirectory(directoryOf(key.recording()));
      Path temporary = DurableFolder.temporaryFor(target);
      try {
        write(temporary, content);
        publish(key, temporary, target, content);
      } catch (IOException | RuntimeException e) {
        DurableFolder.discard(temporary, e);
        throw e;
      }
    } catch (IOException e) {
      throw folder.failure(e);
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel = DurableFolder.createNew(file)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
  }

  private void publish(ChunkKey key, Path temporary, Path target, byte[] content)
      throws IOException {
    ReentrantLock lock = naming[Math.floorMod(key.hashCode(), STRIPES)];
    lock.lock();
    try {
      if (holds(key, target, content)) {
        Files.delete(temporary);
        DurableFolder.force(directoryOf(key.recording()));
      } else {
        DurableFolder.publish(temporary, target);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether the key holds this content already.
   *
   * @throws CurfewException ALREADY_EXISTS when it holds another
   */
  private static boolean holds(ChunkKey key, Path target, byte[] content) throws IOException {
    if (!Files.exists(target)) {
      return false;
    }
    if (Files.size(target) != content.length
        || !Arrays.equals(Files.readAllBytes(target), content)) {
      throw CurfewException.of(
          ErrorCode.ALREADY_EXISTS, "Chunk " + key.location() + " holds other content");
    }
    return true;
  }

  @Override
  public InputStream open(ChunkKey key) {
    return open(key, 0, size(key));
  }

  @Override
  public InputStream open(ChunkKey key, long offset, long length) {
    try {
      return folder.open(fileOf(key), offset, length);
    } catch (IOException e) {
      throw missing(key, e);
    }
  }

  @Override
  public byte[] read(ChunkKey key) {
    try {
      folder.requirePresent();
      return Files.readAllBytes(fileOf(key));
    } catch (IOException e) {
      throw missing(key, e);
    }
  }

  @Override
  public long size(ChunkKey key) {
    try {
      return folder.size(fileOf(key));
    } catch (IOException e) {
      throw missing(key, e);
    }
  }

  @Override
  public boolean delete(ChunkKey key) {
    try {
      folder.requirePresent();
      return Files.deleteIfExists(fileOf(key));
    } catch (IOException e) {
      throw folder.failure(e);
    }
  }

  @Override
  public int deleteAll(UUID recording) {
    Path directory = directoryOf(recording);
    int chunks = 0;
    try {
      for (Path file : files(directory)) {
        if (Files.deleteIfExists(file) && ChunkKey.isName(nameOf(file))) {
          chunks++;
        }
      }
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      // A chunk came meanwhile: it is not one of those that were to go.
      return chunks;
    } catch (IOException e) {
      throw folder.failure(e);
    }
    return chunks;
  }

  @Override
  public List<ChunkKey> list(UUID recording) {
    try {
      return files(directoryOf(recording)).stream()
          .map(FolderChunkStore::nameOf)
          .filter(ChunkKey::isName)
          .sorted()
          .map(name -> new ChunkKey(recording, name))
          .toList();
    } catch (IOException e) {
      throw folder.failure(e);
    }
  }

  private List<Path> files(Path directory) throws IOException {
    folder.requirePresent();
    return DurableFolder.list(directory);
  }

  private CurfewException missing(ChunkKey key, IOException e) {
    return folder.readFailure(e, "Chunk " + key.location());
  }

  private Path fileOf(ChunkKey key) {
    return directoryOf(key.recording()).resolve(key.name());
  }

  Path directoryOf(UUID recording) {
    String id = recording.toString();
    return folder.resolve(id.substring(32, 34)).resolve(id.substring(34)).resolve(id);
  }

  private static String nameOf(Path file) {
    return Objects.requireNonNull(file.getFileName(), "a file").toString();
  }
}
