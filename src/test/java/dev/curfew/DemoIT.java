package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program does its main job and tells of its mistakes. */
class DemoIT {
  @TempDir Path directory;

  @Test
  void demo_playsASessionToItsEndAndStoresItsVideo() throws Exception {
    Path data = directory.resolve("data");

    CurfewJar.Run run =
        CurfewJar.run(directory, Map.of(), "demo", "--speed", "8", "--data", data.toString());

    assertThat(run.output()).contains("extension refused: ", "Done-Uploaded", "play it");
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(occurrences(run.output(), "session.expiring"))
        .as("two warnings live and two in the summary")
        .isEqualTo(4);
    assertThat(occurrences(run.output(), "session.ended")).isEqualTo(2);
    assertThat(stored(data))
        .extracting(path -> path.getFileName().toString())
        .contains("video.mp4", "captions.vtt", "timeline.json");
  }

  @Test
  void help_tellsWhatEachCommandDoes() throws Exception {
    for (String command : List.of("serve", "demo", "replay", "sessions", "recordings", "keys")) {
      CurfewJar.Run run = CurfewJar.run(directory, Map.of(), command, "--help");

      assertThat(run.exitCode()).isZero();
      assertThat(run.output()).contains("Usage: curfew " + command);
    }
  }

  @Test
  void serve_refusesAMalformedConfigurationWithFileLineAndReason() throws Exception {
    Path file = directory.resolve("wrong.yaml");
    Files.writeString(file, "http:\n  port: eighty\n");

    CurfewJar.Run run = CurfewJar.run(directory, Map.of(), "serve", "--config", file.toString());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).contains("wrong.yaml", "2", "http.port").doesNotContain("\tat ");
  }

  @Test
  void serve_refusesAConfigurationThatIsNotThere() throws Exception {
    CurfewJar.Run run = CurfewJar.run(directory, Map.of(), "serve", "--config", "missing.yaml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).contains("missing.yaml");
  }

  private static List<Path> stored(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("recordings").resolve("stored"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static int occurrences(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }
}
