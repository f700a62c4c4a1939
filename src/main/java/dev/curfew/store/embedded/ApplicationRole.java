package dev.curfew.store.embedded;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.DatabaseEndpoint;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import org.postgresql.PGConnection;

/**
 * The account that Curfew itself uses. It is not the superuser: what runs here then runs on any
 * server, and a hole in a statement does not open the machine.
 */
final class ApplicationRole {
  private static final String NAME = "curfew";
  private static final int PASSWORD_BYTES = 32;

  private ApplicationRole() {}

  /**
   * Makes role and database, unless they are there, and gives the role a new password. Nobody needs
   * to keep it: there is one process to use it, and that is this one.
   *
   * @throws CurfewException UNAVAILABLE
   */
  static DatabaseEndpoint prepare(DatabaseEndpoint superuser) {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    try (Connection connection = superuser.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      if (!exists(statement, "SELECT 1 FROM pg_roles WHERE rolname = 'curfew'")) {
        statement.execute("CREATE ROLE curfew LOGIN");
      }
      // Sends the hash, so that the password is in no statement and no log.
      connection
          .unwrap(PGConnection.class)
          .alterUserPassword(NAME, password.toCharArray(), "scram-sha-256");
      if (!exists(statement, "SELECT 1 FROM pg_database WHERE datname = 'curfew'")) {
        statement.execute("CREATE DATABASE curfew OWNER curfew");
      }
    } catch (SQLException e) {
      throw CurfewException.causedBy(
          ErrorCode.UNAVAILABLE,
          "the embedded PostgreSQL cannot be prepared: " + e.getMessage(),
          e);
    }
    return new DatabaseEndpoint(
        superuser.host(), superuser.port(), NAME, NAME, password, superuser.tls());
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      return rows.next();
    }
  }
}
