package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageCommandTest {
  @TempDir Path directory;

  /** What a command printed, and how it ended. */
  private record Run(int exitCode, String output) {}

  private Run check(String yaml, String... options) throws IOException {
    Path file = Files.writeString(directory.resolve("curfew.yaml"), yaml);
    String[] arguments =
        Stream.concat(
                Stream.of("storage", "check", "--config", file.toString()), Stream.of(options))
            .toArray(String[]::new);
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      int exitCode = Main.commandLine().execute(arguments);
      return new Run(exitCode, printed.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }

  private String folders() {
    return """
    data:
      dir: %s
    """
        .formatted(directory);
  }

  @Test
  void check_ofStoresThatWork_isZero() throws IOException {
    Run run = check(folders(), "--output", "json");

    assertThat(run.exitCode).as(run.output).isZero();
    JsonArray stores = new JsonArray(run.output);
    assertThat(stores).hasSize(2);
    assertThat(stores.getJsonObject(0).getString("store")).isEqualTo("raw");
    assertThat(stores.getJsonObject(1).getString("store")).isEqualTo("finished");
    for (Object each : stores) {
      JsonObject store = (JsonObject) each;
      assertThat(store.getString("kind")).isEqualTo("folder");
      assertThat(store.getString("state")).isEqualTo("READY");
      assertThat(store.getString("location")).startsWith("file://" + directory);
    }
  }

  @Test
  void check_ofAStoreOutOfReach_isOneAndSaysWhatToDo() throws IOException {
    int nobody;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = probe.getLocalPort();
    }
    Run run =
        check(
            folders()
                + """
                recording:
                  finished:
                    kind: s3
                    s3:
                      endpoint: http://127.0.0.1:%d
                      bucket: recordings
                      access-key-id: AKIA1
                      secret-access-key: hunter2
                      path-style: true
                """
                    .formatted(nobody));

    assertThat(run.exitCode).isEqualTo(1);
    assertThat(run.output)
        .containsSubsequence("store", "kind", "location", "state", "message")
        .containsSubsequence("raw", "READY")
        .containsSubsequence(
            "finished", "s3", "s3://recordings", "UNREACHABLE", "check the endpoint")
        .doesNotContain("hunter2");
  }
}
