package dev.curfew.store.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a server tells of itself in {@code postmaster.pid}.
 *
 * @param pid of its first process
 * @param ready whether it takes connections
 */
record PostmasterFile(long pid, boolean ready) {
  private static final int STATUS_LINE = 7;

  /** Nothing while there is no file or it is just being written. */
  static Optional<PostmasterFile> read(Path cluster) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(cluster.resolve("postmaster.pid"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.isEmpty() || !lines.get(0).strip().matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    boolean ready = lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready");
    return Optional.of(new PostmasterFile(Long.parseLong(lines.get(0).strip()), ready));
  }
}
