package dev.curfew.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.config.Secret;
import dev.curfew.testing.Await;
import io.vertx.core.Vertx;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** How keys and passwords are written and stored. */
final class CredentialFormatTest {
  @Test
  void generatedKeys_areMarkedLongAndDifferent() {
    String key = ApiKeyFormat.generate().reveal();
    assertThat(key).matches("cfk_[A-Za-z0-9_-]{51}");
    assertThat(ApiKeyFormat.generate().reveal()).isNotEqualTo(key);
  }

  @Test
  void prefix_ofAGeneratedKeyShowsNoneOfItsSecret() {
    Secret key = ApiKeyFormat.generate();
    assertThat(ApiKeyFormat.prefix(key)).hasSize(12);
    assertThat(key.reveal()).startsWith(ApiKeyFormat.prefix(key));
  }

  @Test
  void prefix_ofAChosenKeyShowsLittleOfIt() {
    assertThat(ApiKeyFormat.prefix(Secret.of("hunter2"))).isEmpty();
    assertThat(ApiKeyFormat.prefix(Secret.of("x".repeat(40)))).hasSize(5);
    assertThat(ApiKeyFormat.prefix(Secret.of("x".repeat(200)))).hasSize(8);
  }

  @Test
  void tokenHash_isSha256() {
    assertThat(HexFormat.of().formatHex(TokenHash.of("abc").bytes()))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(TokenHash.of("abc"))
        .isEqualTo(TokenHash.of("abc"))
        .hasSameHashCodeAs(TokenHash.of("abc"));
    assertThat(TokenHash.of("abc")).isNotEqualTo(TokenHash.of("abd"));
  }

  @Test
  void password_isHashedWithArgon2idAndASaltOfItsOwn() {
    Vertx vertx = Vertx.vertx();
    try {
      PasswordHasher hasher = new PasswordHasher(vertx);
      Secret password = Secret.of("p\u00e4ssword");
      String hash = Await.result(hasher.hash(password));
      assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
      assertThat(Await.result(hasher.hash(password))).isNotEqualTo(hash);
      assertThat(Await.result(hasher.matches(password, hash))).isTrue();
      assertThat(Await.result(hasher.matches(Secret.of("password"), hash))).isFalse();
    } finally {
      Await.result(vertx.close());
    }
  }
}
