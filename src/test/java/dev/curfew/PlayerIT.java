package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's video, as a player that Curfew has nothing to do with sees it. */
@Tag("full")
class PlayerIT {
  /** From the first frame of the capture to its end. */
  private static final double CAPTURED_SECONDS = 57.94;

  @TempDir Path directory;

  @Test
  void video_isWhatWasCaptured() throws Exception {
    Path data = directory.resolve("data");
    CurfewJar.Run run =
        CurfewJar.run(directory, Map.of(), "demo", "--speed", "8", "--data", data.toString());
    assertThat(run.exitCode()).as(run.output()).isZero();

    JsonObject probed = probe(video(data));

    JsonObject stream = probed.getJsonArray("streams").getJsonObject(0);
    assertThat(stream.getString("codec_name")).isEqualTo("h264");
    assertThat(stream.getInteger("width")).isEqualTo(1024);
    assertThat(stream.getInteger("height")).isEqualTo(768);
    assertThat(Integer.parseInt(stream.getString("nb_read_frames"))).isEqualTo(58);
    assertThat(Double.parseDouble(probed.getJsonObject("format").getString("duration")))
        .isCloseTo(CAPTURED_SECONDS, within(1.0));
  }

  private static Path video(Path data) throws IOException {
    try (Stream<Path> files = Files.walk(data.resolve("recordings").resolve("stored"))) {
      return files
          .filter(file -> file.getFileName().toString().equals("video.mp4"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static JsonObject probe(Path video) throws Exception {
    Process process =
        new ProcessBuilder(
                "ffprobe",
                "-v",
                "error",
                "-count_frames",
                "-show_streams",
                "-show_format",
                "-of",
                "json",
                video.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return new JsonObject(output);
  }
}
