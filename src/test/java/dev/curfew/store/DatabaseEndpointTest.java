package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.pgclient.SslMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseEndpointTest {
  @ParameterizedTest
  @CsvSource({
    "postgresql://curfew:pw@db.example.org:6432/main, db.example.org, 6432, main, curfew, pw",
    "postgres://curfew:pw@db/main, db, 5432, main, curfew, pw",
    "jdbc:postgresql://db:6432/main?user=curfew&password=pw, db, 6432, main, curfew, pw",
    "postgresql://curfew@db_1, db_1, 5432, curfew, curfew, ''",
    "postgresql://curfew:@/, localhost, 5432, curfew, curfew, ''",
    "postgresql://curfew:pw@[2001:db8::1]:1/main, 2001:db8::1, 1, main, curfew, pw",
    "postgresql://a%40b:p%2Fw%3A+%25@db/m%20n, db, 5432, m n, a@b, p/w:+%",
    "postgresql://u:p@db/main?ApplicationName=x, db, 5432, main, u, p",
  })
  void url_isRead(
      String url, String host, int port, String database, String user, String password) {
    DatabaseEndpoint endpoint = parse(url);

    assertThat(endpoint.host()).isEqualTo(host);
    assertThat(endpoint.port()).isEqualTo(port);
    assertThat(endpoint.database()).isEqualTo(database);
    assertThat(endpoint.user()).isEqualTo(user);
    assertThat(endpoint.password()).isEqualTo(password);
    assertThat(endpoint.tls())
        .isEqualTo(new DatabaseEndpoint.Tls(SslMode.PREFER, Optional.empty()));
  }

  @Test
  void userAndPassword_overrideTheUrl() {
    DatabaseEndpoint endpoint =
        DatabaseEndpoint.parse(
            "postgresql://a:b@db/main", Optional.of("curfew"), Optional.of("pw"));

    assertThat(endpoint.user()).isEqualTo("curfew");
    assertThat(endpoint.password()).isEqualTo("pw");
  }

  @Test
  void tls_isRead(@TempDir Path directory) throws Exception {
    Path root = Files.writeString(directory.resolve("root.pem"), "");

    assertThat(parse("postgresql://u@db?sslmode=require").tls().mode()).isEqualTo(SslMode.REQUIRE);
    assertThat(parse("postgresql://u@db?sslmode=verify-full&sslrootcert=" + root).tls())
        .isEqualTo(new DatabaseEndpoint.Tls(SslMode.VERIFY_FULL, Optional.of(root)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://db/hunter2",
        "postgresql://:hunter2@db",
        "postgresql://u:hunter2@db:0/x",
        "postgresql://u:hunter2@db:70000/x",
        "postgresql://u:hunter2@db:port/x",
        "postgresql://u:hunter2@one,two/x",
        "postgresql://u:hunter2@db/x?sslmode=sometimes",
        "postgresql://u:hunter2@db/x?sslmode=verify-full",
        "postgresql://u:hunter2@db/x?sslmode=verify-ca&sslrootcert=/nowhere",
        "postgresql://u:hunter2@db/x?hot=1",
        "postgresql://u:hunter2%@db/x",
        "postgresql://u:hunter2%zz@db/x",
        "postgresql://u:hun/ter2@db/x",
        "postgresql://u:hunter2@db/x#f",
        "jdbc:postgresql:x",
        "mysql://u:hunter2@db/x",
        "",
      })
  void url_unusable_isRefusedWithoutShowingIt(String url) {
    CurfewException refusal = catchThrowableOfType(CurfewException.class, () -> parse(url));

    assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
    assertThat(refusal.getMessage())
        .startsWith("database.url ")
        .doesNotContain("hunter2")
        .doesNotContain("ter2");
  }

  @Test
  void text_hidesThePassword() {
    assertThat(parse("postgresql://u:hunter2@db/x").toString())
        .isEqualTo("postgresql://u@db:5432/x");
  }

  private static DatabaseEndpoint parse(String url) {
    return DatabaseEndpoint.parse(url, Optional.empty(), Optional.empty());
  }
}
