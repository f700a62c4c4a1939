package dev.curfew.testing;

import dev.curfew.fault.CurfewException;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.embedded.DataDirectory;
import dev.curfew.store.embedded.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL server for all tests of a JVM, as durable as a node's own, and any number of
 * databases in it. The server is started by the first who asks and stopped with the JVM; its data
 * directory is under {@code target} and is used again by the next run, which drops what it finds.
 */
public final class TestDatabase {
  /** Unpacked programs, for tests that start servers of their own. */
  public static final Path PROGRAMS = Path.of("target", "postgres-programs");

  /** Makes the content of a template. */
  @FunctionalInterface
  public interface Content {
    void into(DatabaseEndpoint database) throws Exception;
  }

  private static final int MOST_JVMS = 16;
  private static final AtomicInteger sequence = new AtomicInteger();
  private static final Map<String, DatabaseEndpoint> templates = new HashMap<>();

  private TestDatabase() {}

  /** A new, empty database, owned by the role that the endpoint names. */
  public static DatabaseEndpoint fresh() {
    return create("template1");
  }

  /**
   * A new database with the same content as all others of this template.
   *
   * @param template a name for the content
   * @param fill makes the content in an empty database, once in the life of the JVM; it must leave
   *     no connection open
   */
  public static DatabaseEndpoint fresh(String template, Content fill) throws Exception {
    synchronized (templates) {
      DatabaseEndpoint filled = templates.get(template);
      if (filled == null) {
        filled = fresh();
        fill.into(filled);
        templates.put(template, filled);
      }
      return create(filled.database());
    }
  }

  /** The account that may do everything, for tests of the server itself. */
  public static DatabaseEndpoint superuser() {
    return Server.RUNNING.superuser();
  }

  private static DatabaseEndpoint create(String template) {
    String name = "test_" + sequence.incrementAndGet();
    execute("CREATE DATABASE " + name + " OWNER curfew TEMPLATE " + template);
    return Server.RUNNING.endpoint().withDatabase(name);
  }

  private static void execute(String sql) {
    try (Connection connection = superuser().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Started when first touched. */
  private static final class Server {
    static final EmbeddedServer RUNNING = start();

    private static EmbeddedServer start() {
      DataDirectory directory = firstFreeDirectory();
      EmbeddedServer server = EmbeddedServer.start(directory, PROGRAMS);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    server.close();
                    try {
                      directory.close();
                    } catch (IOException e) {
                      throw new IllegalStateException(e);
                    }
                  },
                  "test-database-close"));
      dropAll(server);
      return server;
    }

    private static DataDirectory firstFreeDirectory() {
      CurfewException refusal = null;
      for (int i = 1; i <= MOST_JVMS; i++) {
        try {
          return DataDirectory.open(Path.of("target", "test-database", Integer.toString(i)));
        } catch (CurfewException e) {
          refusal = e;
        }
      }
      throw new IllegalStateException("no free directory for the test database", refusal);
    }

    private static void dropAll(EmbeddedServer server) {
      try (Connection connection = server.superuser().dataSource().getConnection();
          Statement statement = connection.createStatement()) {
        List<String> leftovers = new ArrayList<>();
        try (ResultSet rows =
            statement.executeQuery("SELECT datname FROM pg_database WHERE datname ~ '^test_'")) {
          while (rows.next()) {
            leftovers.add(rows.getString(1));
          }
        }
        for (String leftover : leftovers) {
          statement.execute("DROP DATABASE " + leftover + " WITH (FORCE)");
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
