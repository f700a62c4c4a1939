package dev.curfew.bench;

import dev.curfew.recording.EncodedRecording;
import dev.curfew.recording.Encoder;
import dev.curfew.recording.EncoderProcess;
import dev.curfew.recording.EncoderProcess.Need;
import dev.curfew.recording.EncoderProcess.Pictures;
import dev.curfew.recording.EncoderProcess.Task;
import dev.curfew.recording.GeneratedRecording;
import dev.curfew.recording.ImageLimits;
import dev.curfew.replay.CaptureReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Frames a second of the encoder on the real capture (58 screens of 1024x768), against decoding the
 * same pictures and nothing else, and against ffmpeg where it is on the path; and the memory that
 * recordings of a minute, an hour and eight hours need, each in a process of its own.
 */
public final class EncoderBench {
  private static final int ROUNDS = 3;
  private static final int TURNS = 2;
  private static final List<String> CODECS = List.of("libopenh264", "libx264");

  private EncoderBench() {}

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("encoder-bench");
    try {
      speed(directory);
      memory(directory);
    } finally {
      deleteTree(directory);
    }
  }

  // Speed

  private static void speed(Path directory) throws Exception {
    CaptureReader reader = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);
    List<byte[]> pictures = reader.read().frames().stream().map(reader::image).toList();
    int frames = pictures.size() * TURNS;
    GeneratedRecording recording =
        new GeneratedRecording(frames * 1_000L, frames, 386 * TURNS, pictures);
    Encoder encoder = new Encoder(Path.of("target/native"), ImageLimits.DEFAULT);
    Path out = directory.resolve("out");
    List<Double> decoded = new ArrayList<>();
    List<Double> encoded = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      decoded.add(frames / seconds(() -> decode(pictures)));
      encoded.add(frames / seconds(() -> encode(encoder, recording, out)));
    }
    double decodes = best(decoded);
    double encodes = best(encoded);
    print("%d frames of 1024x768, best of %d rounds", frames, ROUNDS);
    print("ImageIO decodes only      %7.1f frames/s", decodes);
    print(
        "encoder, all artefacts    %7.1f frames/s  ratio to decoding %.2f",
        encodes, encodes / decodes);
    Path images = Files.createDirectories(directory.resolve("images"));
    for (int i = 0; i < frames; i++) {
      Files.write(images.resolve("%05d.png".formatted(i)), pictures.get(i % pictures.size()));
    }
    for (String codec : CODECS) {
      ffmpeg(images, codec, frames, encodes);
    }
  }

  private static void ffmpeg(Path images, String codec, int frames, double encodes)
      throws Exception {
    List<Double> rates = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      long began = System.nanoTime();
      Process process;
      try {
        process =
            new ProcessBuilder(
                    "ffmpeg",
                    "-v",
                    "error",
                    "-y",
                    "-threads",
                    "1",
                    "-framerate",
                    "1",
                    "-i",
                    images.resolve("%05d.png").toString(),
                    "-c:v",
                    codec,
                    "-threads",
                    "1",
                    "-pix_fmt",
                    "yuv420p",
                    "-movflags",
                    "+faststart",
                    images.resolveSibling("ffmpeg.mp4").toString())
                .redirectErrorStream(true)
                .start();
      } catch (IOException e) {
        print("ffmpeg is not on the path");
        return;
      }
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        print("ffmpeg %-15s    cannot: %s", codec, said.lines().findFirst().orElse(""));
        return;
      }
      rates.add(frames / ((System.nanoTime() - began) / 1e9));
    }
    print(
        "ffmpeg %-15s    %7.1f frames/s  encoder's ratio to it %.2f",
        codec, best(rates), encodes / best(rates));
  }

  private static void decode(List<byte[]> pictures) throws IOException {
    for (int turn = 0; turn < TURNS; turn++) {
      for (byte[] picture : pictures) {
        ImageIO.read(new ByteArrayInputStream(picture));
      }
    }
  }

  private static void encode(Encoder encoder, GeneratedRecording recording, Path out) {
    EncodedRecording made = encoder.encode(recording, out, fraction -> {}, () -> false);
    if (made.skipped() > 0) {
      throw new IllegalStateException(made.damaged().toString());
    }
  }

  // Memory

  private static void memory(Path directory) throws Exception {
    print("%nmemory, -Xmx96m, one frame of 1024x768 every 10 s, 7 keystrokes a second");
    for (Duration length :
        List.of(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(8))) {
      int seconds = (int) length.toSeconds();
      Need need =
          EncoderProcess.run(
                  List.of(),
                  "96m",
                  new Task(
                      directory.resolve("memory"),
                      length.toMillis(),
                      seconds / 10,
                      seconds * 7,
                      Pictures.CAPTURE))
              .need();
      print(
          "%4d min  %,7d frames  %,8d keys  VmHWM %,4d MiB  in %,d s",
          length.toMinutes(),
          need.frames(),
          seconds * 7,
          need.residentKilobytes() >> 10,
          need.millis() / 1_000);
    }
  }

  // Both

  private interface Work {
    void run() throws IOException;
  }

  private static double seconds(Work work) throws IOException {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }

  private static double best(List<Double> rates) {
    return rates.stream().mapToDouble(rate -> rate).max().orElseThrow();
  }

  private static void print(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
  }

  private static void deleteTree(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
