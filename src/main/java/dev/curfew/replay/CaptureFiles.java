package dev.curfew.replay;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The files of one capture, wherever they lie. */
public interface CaptureFiles {

  /**
   * Reads a whole file.
   *
   * @param name relative to the capture, with forward slashes
   * @throws NoSuchFileException if it is not there
   */
  byte[] read(String name) throws IOException;

  /** Where the capture is, for messages. */
  String location();

  /**
   * The files of a directory.
   *
   * @throws CurfewException {@link ErrorCode#BAD_CONFIGURATION} if there is no such directory
   */
  static CaptureFiles inDirectory(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION, "there is no directory with a capture: " + directory);
    }
    return new CaptureFiles() {
      @Override
      public byte[] read(String name) throws IOException {
        return Files.readAllBytes(directory.resolve(name));
      }

      @Override
      public String location() {
        return directory.toString();
      }
    };
  }

  /** The files of a capture on the classpath, also inside a jar. */
  static CaptureFiles bundled(String name) {
    String root = "/captures/" + name + "/";
    return new CaptureFiles() {
      @Override
      public byte[] read(String file) throws IOException {
        try (InputStream in = CaptureFiles.class.getResourceAsStream(root + file)) {
          if (in == null) {
            throw new NoSuchFileException(file);
          }
          return in.readAllBytes();
        }
      }

      @Override
      public String location() {
        return "bundled capture " + name;
      }
    };
  }
}
