package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * One database of one PostgreSQL server and the account to use it with.
 *
 * @param host name or address, an IPv6 address without brackets
 * @param password empty where the server asks for none
 */
public record DatabaseEndpoint(
    String host, int port, String database, String user, String password, Tls tls) {
  private static final int DEFAULT_PORT = 5432;
  private static final String SETTING = "database.url ";
  private static final Pattern URL =
      Pattern.compile(
          "(?:jdbc:)?postgres(?:ql)?://"
              + "(?:(?<user>[^/?#:@]*)(?::(?<password>[^/?#@]*))?@)?"
              + "(?:\\[(?<ipv6>[0-9A-Fa-f:.]+)\\]|(?<host>[^/?#:@,\\[\\]]*))"
              + "(?::(?<port>[0-9]{1,5}))?"
              + "(?:/(?<database>[^/?#]*))?"
              + "(?:\\?(?<parameters>[^#]*))?");
  private static final Set<String> PARAMETERS =
      Set.of("user", "password", "sslmode", "sslrootcert", "ApplicationName", "application_name");

  /**
   * How the connection is protected.
   *
   * @param mode as PostgreSQL's own clients understand it
   * @param rootCertificate a PEM file; required for verify-ca and verify-full
   */
  public record Tls(SslMode mode, Optional<Path> rootCertificate) {
    /** No protection: for a server on the same machine. */
    public static final Tls NONE = new Tls(SslMode.DISABLE, Optional.empty());
  }

  /**
   * Reads a URL of the form {@code postgresql://user:password@host:port/database?sslmode=require},
   * or the same with {@code jdbc:} in front. Special characters in its parts are percent-encoded.
   * Parameters: {@code user}, {@code password}, {@code sslmode} (default prefer), {@code
   * sslrootcert}; {@code ApplicationName} is ignored.
   *
   * @param user overrides the URL's
   * @param password overrides the URL's
   * @throws CurfewException BAD_CONFIGURATION, naming the part at fault but not its value
   */
  public static DatabaseEndpoint parse(
      String url, Optional<String> user, Optional<String> password) {
    Matcher matcher = URL.matcher(url);
    if (!matcher.matches()) {
      throw refused(
          "must have the form postgresql://user:password@host:port/database, for one host, with"
              + " special characters percent-encoded");
    }
    Map<String, String> parameters = parameters(matcher.group("parameters"));
    String account =
        user.or(() -> Optional.ofNullable(decoded(matcher.group("user"))))
            .or(() -> Optional.ofNullable(parameters.get("user")))
            .filter(name -> !name.isEmpty())
            .orElseThrow(() -> refused("names no user, and database.user is not set"));
    String host = matcher.group("ipv6") != null ? matcher.group("ipv6") : matcher.group("host");
    return new DatabaseEndpoint(
        host == null || host.isEmpty() ? "localhost" : host,
        port(matcher.group("port")),
        Optional.ofNullable(decoded(matcher.group("database")))
            .filter(name -> !name.isEmpty())
            .orElse(account),
        account,
        password
            .or(() -> Optional.ofNullable(decoded(matcher.group("password"))))
            .or(() -> Optional.ofNullable(parameters.get("password")))
            .orElse(""),
        tls(parameters));
  }

  /** Another database of the same server and account. */
  public DatabaseEndpoint withDatabase(String name) {
    return new DatabaseEndpoint(host, port, name, user, password, tls);
  }

  /** For JDBC: migrations. Every connection is a new one. */
  public DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {host});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName(database);
    source.setUser(user);
    source.setPassword(password);
    source.setSslMode(parameterOf(tls.mode()));
    tls.rootCertificate().ifPresent(file -> source.setSslRootCert(file.toString()));
    source.setApplicationName("curfew");
    return source;
  }

  /** For the Vert.x client; a fresh object, so that callers may add to it. */
  public PgConnectOptions connectOptions() {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(host)
            .setPort(port)
            .setDatabase(database)
            .setUser(user)
            .setPassword(password)
            .addProperty("application_name", "curfew")
            .setSslMode(tls.mode());
    if (tls.mode() == SslMode.DISABLE) {
      return options;
    }
    boolean verifiesName = tls.mode() == SslMode.VERIFY_FULL;
    ClientSSLOptions ssl =
        new ClientSSLOptions().setHostnameVerificationAlgorithm(verifiesName ? "HTTPS" : "");
    // As PostgreSQL's own clients do: below verify-ca any certificate will do, unless a root is
    // given.
    tls.rootCertificate()
        .ifPresentOrElse(
            file -> ssl.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())),
            () -> ssl.setTrustAll(true));
    return options.setSslOptions(ssl);
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new HashMap<>();
    if (query == null || query.isEmpty()) {
      return parameters;
    }
    for (String pair : query.split("&", -1)) {
      String name = pair.replaceFirst("=.*", "");
      if (!PARAMETERS.contains(name)) {
        throw refused("has a parameter that is not supported: " + name);
      }
      String value =
          pair.length() > name.length() ? decoded(pair.substring(name.length() + 1)) : "";
      parameters.put(name, value == null ? "" : value);
    }
    return parameters;
  }

  private static int port(@Nullable String text) {
    int port = text == null ? DEFAULT_PORT : Integer.parseInt(text);
    if (port < 1 || port > 65535) {
      throw refused("must have a port from 1 to 65535");
    }
    return port;
  }

  private static Tls tls(Map<String, String> parameters) {
    SslMode mode;
    try {
      mode = SslMode.of(parameters.getOrDefault("sslmode", "prefer"));
    } catch (IllegalArgumentException e) {
      throw refused(
          "must have an sslmode of disable, allow, prefer, require, verify-ca or verify-full");
    }
    Optional<Path> root = Optional.ofNullable(parameters.get("sslrootcert")).map(Path::of);
    if (root.isPresent() && !Files.isReadable(root.get())) {
      throw refused("names an sslrootcert that cannot be read");
    }
    if (root.isEmpty() && (mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL)) {
      throw refused("needs sslrootcert for sslmode " + parameterOf(mode));
    }
    return new Tls(mode, root);
  }

  private static String parameterOf(SslMode mode) {
    return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static @Nullable String decoded(@Nullable String part) {
    if (part == null) {
      return null;
    }
    try {
      // A plus sign is itself here, unlike in a form.
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw refused("has a % that does not begin a percent-encoded character");
    }
  }

  private static CurfewException refused(String reason) {
    return CurfewException.of(ErrorCode.BAD_CONFIGURATION, SETTING + reason);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
  }
}
