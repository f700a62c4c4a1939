package dev.curfew.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinariesArchiveTest {
  @TempDir Path cache;

  @Test
  void unpack_byTwoAtOnce_leavesOneCompleteCopy() throws Exception {
    ExecutorService nodes = Executors.newFixedThreadPool(2);
    try {
      CompletableFuture<Path> one = CompletableFuture.supplyAsync(this::unpack, nodes);
      CompletableFuture<Path> two = CompletableFuture.supplyAsync(this::unpack, nodes);
      Path home = one.get(60, TimeUnit.SECONDS);

      assertThat(two.get(60, TimeUnit.SECONDS)).isEqualTo(home);
      try (Stream<Path> left = Files.list(cache)) {
        assertThat(left).containsExactly(home);
      }
      PostgresInstallation installation = PostgresInstallation.at(home);
      installation.run("postgres", List.of("--version"));
      assertThat(installation.majorVersion()).isEqualTo("18");
    } finally {
      nodes.shutdown();
    }
  }

  private Path unpack() {
    try {
      return BinariesArchive.unpackInto(cache);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
