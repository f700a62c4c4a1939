package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

class LogOutputTest {
  private final PrintStream standardError = System.err;
  private final PrintStream standardOutput = System.out;
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  @BeforeEach
  void captureStreams() {
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restoreStreamsAndTestLogging() throws Exception {
    System.setErr(standardError);
    System.setOut(standardOutput);
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    SLF4JBridgeHandler.uninstall();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(LogOutputTest.class.getResource("/logback-test.xml"));
  }

  @Test
  void text_isOneShortLineToStandardError() {
    apply(Map.of());

    LoggerFactory.getLogger("dev.curfew.shard.Shard").info("Loaded {}\nsecond line", 3);

    assertThat(errors.toString(StandardCharsets.UTF_8))
        .matches(
            "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Shard: Loaded 3 \\| second line\\R");
    assertThat(output.size()).isZero();
  }

  @Test
  void json_isOneObjectALine() {
    apply(Map.of("logging.format", "json"));

    LoggerFactory.getLogger("dev.curfew.shard.Shard")
        .warn("Lost \"{}\"\n", "x", new Exception("e"));

    String[] lines = errors.toString(StandardCharsets.UTF_8).split("\\R");
    assertThat(lines).hasSize(1);
    JsonObject line = new JsonObject(lines[0]);
    assertThat(line.getString("level")).isEqualTo("WARN");
    assertThat(line.getString("message")).isEqualTo("Lost \"x\"\n");
    assertThat(line.getString("stack_trace")).contains("java.lang.Exception: e");
    assertThat(line.getString("@timestamp")).endsWith("Z");
    assertThat(line.fieldNames()).noneMatch(name -> name.startsWith("curfew"));
  }

  @Test
  void level_isOfCurfewAlone() {
    apply(Map.of("logging.level", "debug"));

    LoggerFactory.getLogger("dev.curfew.shard.Shard").debug("ours");
    LoggerFactory.getLogger("dev.curfew.shard.Shard").trace("too fine");
    for (String library : new String[] {"org.flywaydb.core", "io.netty.util", "io.vertx.core"}) {
      LoggerFactory.getLogger(library).info("theirs");
      LoggerFactory.getLogger(library).warn("theirs, wrong");
    }

    assertThat(errors.toString(StandardCharsets.UTF_8).lines())
        .hasSize(4)
        .anyMatch(line -> line.endsWith("ours"))
        .filteredOn(line -> line.endsWith("theirs, wrong"))
        .hasSize(3);
  }

  @Test
  void otherLoggings_endUpHere() {
    apply(Map.of());

    io.vertx.core.internal.logging.LoggerFactory.getLogger("io.vertx.test").warn("from vertx");
    io.netty.util.internal.logging.InternalLoggerFactory.getInstance("io.netty.test")
        .warn("from netty");
    java.util.logging.Logger.getLogger("org.postgresql.test").severe("from the driver");

    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("WARN  test: from vertx")
        .contains("WARN  test: from netty")
        .contains("ERROR test: from the driver");
  }

  @Test
  void version_isNeverEmpty() {
    assertThat(Version.number()).isNotBlank();
    assertThat(new Version().getVersion()[0]).isEqualTo("curfew " + Version.number());
  }

  private static void apply(Map<String, String> settings) {
    LogOutput.apply(CurfewConfig.of(settings).logging());
  }
}
