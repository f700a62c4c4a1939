package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What killed writers leave in a folder. */
class FolderLeftoversTest {
  @TempDir Path root;

  private Path part(String id, String of) throws Exception {
    Path file = Files.createDirectories(root.resolve("a")).resolve(".part-" + id + "-" + of);
    return Files.write(file, new byte[100]);
  }

  @Test
  void partOfAKilledWriter_goesWithTheNextPutOfTheObject() throws Exception {
    Path dead = part("1", "video.mp4");
    Path living = part("2", "video.mp4");
    Path other = part("3", "captions.vtt");
    byte[] large = new byte[20 << 20];
    try (FileChannel channel = FileChannel.open(living, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      assertThat(lock.isValid()).isTrue();
      new FolderStore(root).put("a/video.mp4", large);
    }
    assertThat(dead).doesNotExist();
    assertThat(living).exists();
    assertThat(other).exists();
    assertThat(root.resolve("a/video.mp4")).hasSize(large.length);
  }
}
