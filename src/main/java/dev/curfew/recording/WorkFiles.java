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
 * Where this node makes artefacts and receives them, before they are staged: {@code
 * ROOT/SESSION/PLACE/video.mp4}. Each claim and each delivery has a place of its own. Everything
 * here blocks.
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

  /** Deletes everything: at the start, what a killed process left behind. */
  void deleteAll() throws IOException {
    deleteTree(root);
  }

  /** Deletes one place. */
  void delete(Path place) throws IOException {
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
