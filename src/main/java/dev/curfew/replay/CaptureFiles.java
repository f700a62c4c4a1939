package dev.curfew.replay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the files of a capture are; paths are relative, with forward slashes. */
interface CaptureFiles {

  /** The file's content from its beginning, or null when there is no such file. */
  @Nullable InputStream open(String path) throws IOException;

  boolean exists(String path);

  /** The capture as the user named it, for messages. */
  String name();

  /** The files of a directory. */
  record InDirectory(Path directory) implements CaptureFiles {
    @Override
    public @Nullable InputStream open(String path) throws IOException {
      return exists(path) ? Files.newInputStream(directory.resolve(path)) : null;
    }

    @Override
    public boolean exists(String path) {
      return Files.isRegularFile(directory.resolve(path));
    }

    @Override
    public String name() {
      return directory.toString();
    }
  }

  /** The files that came with the program, on the class path or in the jar. */
  record Bundled(String capture) implements CaptureFiles {
    private String resource(String path) {
      return "/captures/" + capture + "/" + path;
    }

    @Override
    public @Nullable InputStream open(String path) {
      return CaptureFiles.class.getResourceAsStream(resource(path));
    }

    @Override
    public boolean exists(String path) {
      return CaptureFiles.class.getResource(resource(path)) != null;
    }

    @Override
    public String name() {
      return capture;
    }
  }
}
