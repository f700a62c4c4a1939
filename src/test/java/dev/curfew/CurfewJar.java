package dev.curfew;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged program as a process of its own, as its users start it. */
public final class CurfewJar {
  /**
   * How a run went.
   *
   * @param output standard output and standard error together
   */
  public record Run(int exitCode, String output) {}

  private CurfewJar() {}

  /** Runs the program to its end, within three minutes. */
  public static Run run(Path workingDirectory, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile("curfew-run-", ".txt");
    Process process = start(List.of(), workingDirectory, environment, output, arguments);
    if (!process.waitFor(3, TimeUnit.MINUTES)) {
      process.destroy();
      process.waitFor(30, TimeUnit.SECONDS);
      process.destroyForcibly();
      throw new AssertionError(
          "not done after three minutes: " + Files.readString(output, StandardCharsets.UTF_8));
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    return new Run(process.exitValue(), text);
  }

  /** Starts the program; whoever does so ends it. What it says goes to {@code curfew.txt}. */
  public static Process start(
      Path workingDirectory, Map<String, String> environment, String... arguments)
      throws IOException {
    return start(List.of(), workingDirectory, environment, arguments);
  }

  /**
   * The same through another program.
   *
   * @param prefix what stands before the command line
   */
  public static Process start(
      List<String> prefix,
      Path workingDirectory,
      Map<String, String> environment,
      String... arguments)
      throws IOException {
    return start(
        prefix, workingDirectory, environment, workingDirectory.resolve("curfew.txt"), arguments);
  }

  private static Process start(
      List<String> prefix,
      Path workingDirectory,
      Map<String, String> environment,
      Path output,
      String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(Path.of(System.getProperty("curfew.jar")).toAbsolutePath().toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(workingDirectory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }
}
