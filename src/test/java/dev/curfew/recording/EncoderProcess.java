package dev.curfew.recording;

import dev.curfew.replay.CaptureReader;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An encoder in a process of its own, with limits of its own: what the process needed is what
 * encoding needs. Encodes one {@link GeneratedRecording}.
 */
public final class EncoderProcess {
  static final Path NATIVE = Path.of("target/native").toAbsolutePath();

  /** What the frames show. */
  public enum Pictures {
    /** Sixteen of 64x48. */
    SMALL,
    /** The screens of the capture that comes with the program, 1024x768. */
    CAPTURE
  }

  /**
   * What to encode.
   *
   * @param millis how long the session was
   */
  public record Task(Path directory, long millis, int frames, int keystrokes, Pictures pictures) {}

  /**
   * How a process ended.
   *
   * @param output what it printed; when it succeeded, its {@link Need}
   */
  public record Result(int exitCode, String output) {

    /** What it needed, if it succeeded. */
    public Need need() {
      if (exitCode != 0) {
        throw new AssertionError("exit code " + exitCode + ": " + output);
      }
      String[] fields = output.strip().split(" ");
      return new Need(
          Integer.parseInt(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
    }
  }

  /**
   * @param residentKilobytes the most that was resident of the whole process (VmHWM); 0 where the
   *     system does not tell
   */
  public record Need(int frames, long millis, long residentKilobytes) {}

  private EncoderProcess() {}

  /**
   * Runs one.
   *
   * @param limits in front of the command, such as a shell with a {@code ulimit}; may be empty
   * @param heap such as {@code 64m}
   */
  public static Result run(List<String> limits, String heap, Task task)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(limits);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap,
            "-cp",
            System.getProperty("java.class.path"),
            EncoderProcess.class.getName(),
            task.directory.toString(),
            Long.toString(task.millis),
            Integer.toString(task.frames),
            Integer.toString(task.keystrokes),
            task.pictures.name()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  public static void main(String[] args) throws IOException {
    Encoder encoder = new Encoder(NATIVE, ImageLimits.DEFAULT);
    GeneratedRecording recording =
        new GeneratedRecording(
            Long.parseLong(args[1]),
            Long.parseLong(args[2]),
            Long.parseLong(args[3]),
            pictures(Pictures.valueOf(args[4])));
    long began = System.nanoTime();
    EncodedRecording encoded =
        encoder.encode(recording, Path.of(args[0]), fraction -> {}, () -> false);
    System.out.printf(
        "%d %d %d%n", encoded.frames(), (System.nanoTime() - began) / 1_000_000, resident());
  }

  private static List<byte[]> pictures(Pictures pictures) {
    if (pictures == Pictures.SMALL) {
      return IntStream.range(0, 16)
          .mapToObj(i -> RecordingFixture.picture(64, 48, new Color(i * 1_000_000), "png"))
          .toList();
    }
    CaptureReader reader = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);
    return reader.read().frames().stream().map(reader::image).toList();
  }

  private static long resident() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
