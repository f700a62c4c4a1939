package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Delivers to a folder, which may be a mounted share. An object's name is its path in there. */
public final class FolderDestination implements ArtefactDestination {
  private final Path root;

  /**
   * @param root is created when missing
   * @throws CurfewException STORAGE_UNAVAILABLE when it cannot be created or is not a folder
   */
  public FolderDestination(Path root) {
    this.root = root.toAbsolutePath().normalize();
    try {
      Files.createDirectories(this.root);
    } catch (IOException e) {
      throw unavailable("the destination folder cannot be created", e);
    }
  }

  @Override
  public void put(String name, InputStream content, long size) {
    Path file = file(name);
    try {
      DurableFile.createDirectories(root, file.resolveSibling(".").normalize());
      DurableFile.write(
          file,
          out -> {
            long written = content.transferTo(out);
            if (written != size) {
              throw new EOFException(written + " bytes came where " + size + " were announced");
            }
          });
    } catch (IOException e) {
      throw unavailable(name + " cannot be written to the destination folder", e);
    }
  }

  @Override
  public InputStream open(String name) {
    try {
      return Files.newInputStream(file(name));
    } catch (NoSuchFileException e) {
      if (!Files.isDirectory(root)) {
        throw unavailable("the destination folder is not there", e);
      }
      throw CurfewException.notFound(name);
    } catch (IOException e) {
      throw unavailable(name + " cannot be read from the destination folder", e);
    }
  }

  @Override
  public String location(String name) {
    return file(name).toUri().toString();
  }

  private Path file(String name) {
    Path file = root.resolve(name).normalize();
    if (file.equals(root) || !file.startsWith(root)) {
      throw new IllegalArgumentException("not a name inside the destination: " + name);
    }
    return file;
  }

  private static CurfewException unavailable(String message, IOException cause) {
    return CurfewException.causedBy(ErrorCode.STORAGE_UNAVAILABLE, message, cause);
  }
}
