package dev.curfew.store.embedded;

import dev.curfew.store.DatabaseEndpoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** One statement on a connection of its own. */
final class Sql {
  private Sql() {}

  /** The first column of the first row, or nothing. */
  static String query(DatabaseEndpoint endpoint, String sql) throws SQLException {
    try (Connection connection = endpoint.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : "";
      }
    }
  }
}
