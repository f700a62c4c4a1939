package dev.curfew.store.embedded;

import dev.curfew.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;

/** A JVM that holds a data directory and its server, commits a row and stays until it is killed. */
final class ServerProcess {
  private static final String READY = "ready";

  private ServerProcess() {}

  public static void main(String[] args) throws Exception {
    DataDirectory directory = DataDirectory.open(Path.of(args[0]));
    EmbeddedServer server = EmbeddedServer.start(directory, TestDatabase.PROGRAMS);
    try (Connection connection = server.endpoint().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS kept (v int)");
      statement.execute("INSERT INTO kept VALUES (42)");
      // A transaction that nobody will ever finish.
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO kept VALUES (43)");
      System.out.println(READY);
      new CountDownLatch(1).await();
    }
  }

  /** Returns once the row is committed. */
  static Process start(Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ServerProcess.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (!READY.equals(line)) {
      process.destroyForcibly();
      throw new IllegalStateException("the server process said " + line);
    }
    return process;
  }
}
