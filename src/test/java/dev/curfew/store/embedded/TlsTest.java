package dev.curfew.store.embedded;

import static dev.curfew.store.embedded.Sql.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both clients, by every sslmode, against a server that has a certificate for 127.0.0.1. */
class TlsTest {
  private static final String STORE_PASSWORD = "changeit";
  private static final String TLS_IN_USE =
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  @TempDir static Path root;
  private static DataDirectory directory;
  private static EmbeddedServer server;
  private static Vertx vertx;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx();
    directory = DataDirectory.open(root.resolve("data"));
    server = EmbeddedServer.start(directory, TestDatabase.PROGRAMS);
    makeCertificate("server");
    makeCertificate("stranger");
    query(
        server.superuser(),
        "ALTER SYSTEM SET ssl_cert_file = '" + root.toRealPath().resolve("server.pem") + "'");
    query(
        server.superuser(),
        "ALTER SYSTEM SET ssl_key_file = '" + root.toRealPath().resolve("server.key") + "'");
    query(server.superuser(), "ALTER SYSTEM SET ssl = on");
    query(server.superuser(), "SELECT pg_reload_conf()");
    assertThat(Condition.await(Duration.ofSeconds(10), TlsTest::serverHasTls)).isTrue();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    directory.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({
    "DISABLE,     none,     127.0.0.1, f",
    "PREFER,      none,     127.0.0.1, t",
    "REQUIRE,     none,     127.0.0.1, t",
    "VERIFY_CA,   server,   127.0.0.1, t",
    "VERIFY_CA,   server,   localhost, t",
    "VERIFY_FULL, server,   127.0.0.1, t",
    "VERIFY_CA,   stranger, 127.0.0.1, refused",
    "VERIFY_FULL, stranger, 127.0.0.1, refused",
    "VERIFY_FULL, server,   localhost, refused",
  })
  void connection_isAsSafeAsItsMode(SslMode mode, String trusted, String host, String tls) {
    DatabaseEndpoint own = server.endpoint();
    Optional<Path> rootCertificate =
        trusted.equals("none") ? Optional.empty() : Optional.of(root.resolve(trusted + ".pem"));
    DatabaseEndpoint endpoint =
        new DatabaseEndpoint(
            host,
            own.port(),
            own.database(),
            own.user(),
            own.password(),
            new DatabaseEndpoint.Tls(mode, rootCertificate));

    if (tls.equals("refused")) {
      assertThatThrownBy(() -> query(endpoint, TLS_IN_USE))
          .hasMessageMatching("SSL error: .*|The hostname localhost could not be verified.*");
      assertThatThrownBy(() -> queryByVertx(endpoint)).hasMessageContaining("SSL handshake failed");
    } else {
      assertThat(callUnchecked(() -> query(endpoint, TLS_IN_USE))).isEqualTo(tls);
      assertThat(callUnchecked(() -> queryByVertx(endpoint))).isEqualTo(tls);
    }
  }

  private static String queryByVertx(DatabaseEndpoint endpoint) throws Exception {
    boolean ssl =
        PgConnection.connect(vertx, endpoint.connectOptions())
            .compose(
                connection ->
                    connection
                        .query(TLS_IN_USE)
                        .execute()
                        .map(rows -> rows.iterator().next().getBoolean(0))
                        .eventually(connection::close))
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return ssl ? "t" : "f";
  }

  private static boolean serverHasTls() {
    return callUnchecked(() -> query(server.superuser(), "SHOW ssl")).equals("on");
  }

  private static String callUnchecked(Callable<String> call) {
    try {
      return call.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A self-signed certificate and its key, as {@code name.pem} and {@code name.key}. */
  private static void makeCertificate(String name) throws Exception {
    Path store = root.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD,
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=ip:127.0.0.1")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore loaded = KeyStore.getInstance(store.toFile(), STORE_PASSWORD.toCharArray());
    writePem(
        root.resolve(name + ".key"),
        "PRIVATE KEY",
        loaded.getKey(name, STORE_PASSWORD.toCharArray()).getEncoded());
    writePem(root.resolve(name + ".pem"), "CERTIFICATE", loaded.getCertificate(name).getEncoded());
  }

  private static void writePem(Path file, String kind, byte[] content) throws IOException {
    Files.writeString(
        file,
        "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
            .formatted(kind, Base64.getMimeEncoder().encodeToString(content)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}
