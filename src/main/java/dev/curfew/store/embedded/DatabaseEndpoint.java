package dev.curfew.store.embedded;

/**
 * Where a PostgreSQL database is and how to log in to it.
 *
 * @param sslMode as libpq names it: disable, prefer, require, verify-ca, verify-full
 */
public record DatabaseEndpoint(
    String host, int port, String database, String user, String password, String sslMode) {
  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?sslmode=" + sslMode;
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + database;
  }
}
