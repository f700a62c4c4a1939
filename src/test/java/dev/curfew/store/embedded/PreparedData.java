package dev.curfew.store.embedded;

import dev.curfew.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** A data directory that was used once, copied for tests that do things to it. */
final class PreparedData {
  private final Path original;

  private PreparedData(Path original) {
    this.original = original;
  }

  static PreparedData in(Path empty) throws IOException {
    try (DataDirectory directory = DataDirectory.open(empty)) {
      EmbeddedServer.start(directory, TestDatabase.PROGRAMS).close();
    }
    return new PreparedData(empty);
  }

  Path copyTo(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(original)) {
      files.forEach(
          file -> {
            try {
              Files.copy(
                  file,
                  target.resolve(original.relativize(file)),
                  StandardCopyOption.COPY_ATTRIBUTES,
                  StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
    return target;
  }
}
