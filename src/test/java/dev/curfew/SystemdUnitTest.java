package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.config.ConfigLoader;
import dev.curfew.config.CurfewConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The unit, as far as it can be tried without systemd at work. */
class SystemdUnitTest {
  private static final Path UNIT = Path.of("conf", "systemd", "curfew.service");

  @Test
  void command_isOneOfTheProgram() throws IOException {
    String command = value("ExecStart");
    String[] arguments = command.substring(command.indexOf(".jar ") + 5).split(" ");

    assertThat(Main.commandLine().parseArgs(arguments).errors()).isEmpty();
  }

  @Test
  void variables_areSettings() throws IOException {
    String[] variable = value("Environment").split("=", 2);

    CurfewConfig config = ConfigLoader.ofNode(null, Map.of(variable[0], variable[1])).load();

    assertThat(config.data().dir()).isEqualTo(Path.of("/var/lib", value("StateDirectory")));
  }

  @Test
  void stop_hasTheTimeThatANodeTakes() throws IOException {
    long seconds = Long.parseLong(value("TimeoutStopSec").replace("s", ""));

    assertThat(seconds).isGreaterThan(NodeProcess.STOP_SECONDS + 30);
  }

  @Test
  void restart_isForWhatANewStartMayChange() throws IOException {
    Path missing = Path.of("no", "such", "file.yaml");

    int refused = Main.commandLine().execute("serve", "--config", missing.toString());

    assertThat(value("Restart")).isEqualTo("on-failure");
    assertThat(value("RestartPreventExitStatus")).isEqualTo(Integer.toString(refused));
  }

  /** What systemd's own tools say, which come with Debian's package systemd. */
  @Test
  @Tag("full")
  void unit_passesWhatSystemdChecks() throws Exception {
    assertThat(analyze("verify", UNIT.toString())).isEmpty();
    // In tenths; 100 is a service without any protection.
    analyze("security", "--offline=true", "--threshold=15", UNIT.toString());
  }

  /** What the tool printed; fails unless it ended with 0. */
  private static String analyze(String... arguments) throws Exception {
    Path output = Files.createTempFile("systemd-analyze-", ".txt");
    List<String> command =
        Stream.concat(Stream.of("systemd-analyze", "--no-pager"), Stream.of(arguments)).toList();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    String printed = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static String value(String key) throws IOException {
    return Files.readAllLines(UNIT).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .findFirst()
        .orElseThrow();
  }
}
