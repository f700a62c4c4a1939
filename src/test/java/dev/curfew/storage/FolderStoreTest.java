package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest extends ObjectStoreContract {
  @TempDir Path directory;

  private Path root() {
    return directory.resolve("store");
  }

  @Override
  ObjectStore connect() {
    return new FolderStore(root());
  }

  @Override
  void vanish() throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  List<String> everything() throws IOException {
    try (Stream<Path> files = Files.walk(root())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root().relativize(file).toString())
          .toList();
    }
  }

  @Override
  int large() {
    return 3 << 20;
  }

  @Test
  void leftoversOfAKilledProcess_areNoObjects() throws Exception {
    ObjectStore store = store();
    store.put("a/b", bytes("b"));
    Files.write(root().resolve("a/.part-x-c"), bytes("unfinished"));

    assertThat(store.list("a")).containsExactly("a/b");
    store.deleteAll("a");
    assertThat(everything()).isEmpty();
  }

  @Test
  void fileInPlaceOfTheFolder_isUnavailable() throws Exception {
    Files.write(root(), bytes("in the way"));

    refused(ErrorCode.STORAGE_UNAVAILABLE, this::store);
  }

  @Test
  void vanishedFolder_isNotMadeAgain() throws Exception {
    ObjectStore store = store();
    vanish();

    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put("a/b", bytes("b")));
    assertThat(root()).doesNotExist();
  }
}
