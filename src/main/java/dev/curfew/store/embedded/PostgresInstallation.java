package dev.curfew.store.embedded;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Unpacked PostgreSQL programs, and how they are called on this machine. */
final class PostgresInstallation {
  private static final long TOOL_LIMIT_SECONDS = 120;

  private final Path home;
  private final List<String> asPlainUser;

  private PostgresInstallation(Path home, List<String> asPlainUser) {
    this.home = home;
    this.asPlainUser = asPlainUser;
  }

  /**
   * @param home with {@code bin}, {@code lib} and {@code share}
   * @throws CurfewException BAD_CONFIGURATION when this account cannot run PostgreSQL
   */
  static PostgresInstallation at(Path home) throws IOException {
    boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    if (!root) {
      return new PostgresInstallation(home, List.of());
    }
    // PostgreSQL refuses to run as root. In a user namespace of its own it is nobody, and still
    // owns the files that root made for it.
    List<String> namespace = List.of("unshare", "--user");
    if (!succeeds("unshare", "--user", "true")) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION,
          "PostgreSQL does not run as root, and here root may not make user namespaces: run Curfew"
              + " as another user, or set database.url");
    }
    return new PostgresInstallation(home, namespace);
  }

  /** The release series of these programs, as in a cluster's {@code PG_VERSION}. */
  String majorVersion() throws IOException {
    try (BufferedReader reader =
        Files.newBufferedReader(home.resolve("share/postgresql/postgres.bki"))) {
      String first = reader.readLine();
      if (first == null || !first.startsWith("# PostgreSQL ")) {
        throw new IOException("no version in " + home);
      }
      return first.substring("# PostgreSQL ".length()).strip();
    }
  }

  /** A call of one of the programs, not yet started. */
  ProcessBuilder call(String program, List<String> arguments) {
    return call(List.of(), program, arguments);
  }

  /**
   * A call that a terminal's interrupt key does not reach. Otherwise Ctrl-C would stop the server
   * together with the node, which still has decisions to commit.
   */
  ProcessBuilder callDetached(String program, List<String> arguments) {
    boolean possible = succeeds("setsid", "true");
    return call(possible ? List.of("setsid") : List.of(), program, arguments);
  }

  private ProcessBuilder call(List<String> prefix, String program, List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(asPlainUser);
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    // PGDATA, PGOPTIONS and their like are meant for another server than this one.
    environment.keySet().removeIf(name -> name.startsWith("PG"));
    environment.put("LC_ALL", "C");
    return builder;
  }

  /**
   * Calls a program and waits for its end.
   *
   * @throws CurfewException UNAVAILABLE with what it said, when it fails
   */
  void run(String program, List<String> arguments) throws IOException, InterruptedException {
    Process process = call(program, arguments).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(TOOL_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    if (process.waitFor() != 0) {
      throw CurfewException.of(ErrorCode.UNAVAILABLE, program + " failed: " + said.strip());
    }
  }

  /** Signals a process: INT asks a server for a fast shutdown, QUIT for an immediate one. */
  void signal(long pid, String signal) throws IOException, InterruptedException {
    run("pg_ctl", List.of("kill", signal, Long.toString(pid)));
  }

  private static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
