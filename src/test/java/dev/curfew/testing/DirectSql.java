package dev.curfew.testing;

import dev.curfew.store.DatabaseEndpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A database session of a test's own, beside those of the program under test. */
public final class DirectSql implements AutoCloseable {
  private final Connection connection;

  private DirectSql(Connection connection) {
    this.connection = connection;
  }

  public static DirectSql open(DatabaseEndpoint endpoint) throws SQLException {
    return new DirectSql(endpoint.dataSource().getConnection());
  }

  /** From now on nothing is committed before {@link #commit}. */
  public DirectSql begin() throws SQLException {
    connection.setAutoCommit(false);
    return this;
  }

  public void commit() throws SQLException {
    connection.commit();
    connection.setAutoCommit(true);
  }

  public void rollback() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(true);
  }

  /** Runs a statement that returns no rows; says how many rows it changed. */
  public int run(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  /** The first column of every row, as text. */
  public List<String> column(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      List<String> column = new ArrayList<>();
      while (rows.next()) {
        column.add(rows.getString(1));
      }
      return column;
    }
  }

  /** The only value of the only row, as text. */
  public String value(String sql, Object... parameters) throws SQLException {
    List<String> column = column(sql, parameters);
    if (column.size() != 1) {
      throw new AssertionError(sql + " gave " + column.size() + " rows");
    }
    return column.get(0);
  }

  public long number(String sql, Object... parameters) throws SQLException {
    return Long.parseLong(value(sql, parameters));
  }

  private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
