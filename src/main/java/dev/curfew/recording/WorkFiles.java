package dev.curfew.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Artefacts from when they are made until they are uploaded: {@code ROOT/SESSION/PLACE/video.mp4}.
 * Each claim and each delivery has a place of its own, so that an earlier one that still writes
 * stands in nobody's way. A location is the path below the root. Everything here blocks.
 */
final class WorkFiles {
  private final Path root;

  WorkFiles(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /** A place for one claim or delivery; not created yet. */
  Path place(UUID sessionId, String name) {
    return root.resolve(sessionId.toString()).resolve(name);
  }

  String location(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /**
   * @throws IllegalArgumentException for a location outside of the root
   */
  Path file(String location) {
    Path file = root.resolve(location).normalize();
    if (!file.startsWith(root)) {
      throw new IllegalArgumentException("not a location of an artefact: " + location);
    }
    return file;
  }

  /** Deletes everything of a session; nothing there is fine. */
  void deleteAll(UUID sessionId) throws IOException {
    deleteTree(root.resolve(sessionId.toString()));
  }

  /** Deletes one place, and what is left of its session when that is empty by then. */
  void deletePlace(Path place) throws IOException {
    deleteTree(place);
  }

  private static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException gone) {
      return;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
