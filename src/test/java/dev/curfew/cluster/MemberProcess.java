package dev.curfew.cluster;

import dev.curfew.testing.Await;
import dev.curfew.testing.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A {@link BusMember} in a process of its own. */
final class MemberProcess implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  private final UUID id = UUID.randomUUID();
  private final Process process;
  private final BufferedReader answers;
  private final Writer commands;

  /**
   * Begins to start one.
   *
   * @param prefix what stands before the command line, such as what leads into a network namespace
   */
  MemberProcess(List<String> prefix, Map<String, String> settings) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "-Dlogback.configurationFile=src/main/resources/logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            BusMember.class.getName(),
            id.toString()));
    settings.forEach((key, value) -> command.add(key + "=" + value));
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answers = process.inputReader(StandardCharsets.UTF_8);
    commands = process.outputWriter(StandardCharsets.UTF_8);
  }

  UUID id() {
    return id;
  }

  /** Waits until it has joined. */
  void awaitReady() {
    String said = line(START);
    if (!"ready".equals(said)) {
      throw new AssertionError("member says " + said);
    }
  }

  private String line(Duration limit) {
    try {
      Await.until("an answer of member " + id, limit, () -> answers.ready() || !process.isAlive());
      return answers.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String command(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line(Duration.ofSeconds(20));
  }

  /** Whom it is in touch with. */
  Set<UUID> inTouch() {
    Set<UUID> members = new TreeSet<>();
    Arrays.stream(command("touch").split(",")).map(UUID::fromString).forEach(members::add);
    return members;
  }

  /** What comes back when it asks another for "yes". */
  String ask(MemberProcess other) {
    return command("ask " + other.id);
  }

  /** Has it tell everyone. */
  void publish() {
    command("publish");
  }

  /** Deletes where all members are and what they serve, as a late member does after a split. */
  void damageRegistry() {
    command("damage");
  }

  /** How often it was told. */
  int notices() {
    return Integer.parseInt(command("notices"));
  }

  void setSuspended(boolean suspended) {
    Signals.setSuspended(process.toHandle(), suspended);
  }

  /** As {@code kill -9} does it. */
  void kill() {
    process.destroyForcibly();
    Await.until("the end of member " + id, () -> !process.isAlive());
  }

  /** Has it leave as it does when it is stopped. */
  void leave() throws IOException, InterruptedException {
    commands.close();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("member " + id + " does not end");
    }
  }

  @Override
  public void close() {
    setSuspended(false);
    kill();
  }
}
