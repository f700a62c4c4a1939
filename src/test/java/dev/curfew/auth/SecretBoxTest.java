package dev.curfew.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SecretBoxTest {
  private static final Secret SECRET = Secret.of("correct horse battery staple \u00e9\u4e16");

  private final SecretBox box = SecretBox.of(key(1));

  private static byte[] key(int of) {
    byte[] key = new byte[32];
    key[0] = (byte) of;
    return key;
  }

  @Test
  void secret_comesBackFromItsPlaceOnly() {
    byte[] sealed = box.seal(SECRET, "credential/7");
    assertThat(box.unseal(sealed, "credential/7")).isEqualTo(SECRET);
    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("horse");
    assertThatThrownBy(() -> box.unseal(sealed, "credential/8"))
        .isInstanceOf(CurfewException.class);
  }

  @Test
  void secret_isSealedDifferentlyEachTime() {
    assertThat(box.seal(SECRET, "here")).isNotEqualTo(box.seal(SECRET, "here"));
  }

  @Test
  void secret_underAnotherKeyOrAltered_isRefusedWithoutTellingIt() {
    byte[] sealed = box.seal(SECRET, "here");
    assertThatThrownBy(() -> SecretBox.of(key(2)).unseal(sealed, "here"))
        .isInstanceOf(CurfewException.class)
        .hasMessageNotContaining("horse");
    sealed[sealed.length - 1] ^= 1;
    assertThatThrownBy(() -> box.unseal(sealed, "here")).isInstanceOf(CurfewException.class);
  }

  @Test
  void configuredKey_isUsed(@TempDir Path data) {
    Secret configured = Secret.of(Base64.getEncoder().encodeToString(key(1)));
    byte[] sealed = SecretBox.open(Optional.of(configured), data).seal(SECRET, "here");
    assertThat(box.unseal(sealed, "here")).isEqualTo(SECRET);
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void configuredKey_ofAnotherLength_isRefused(@TempDir Path data) {
    assertThatThrownBy(() -> SecretBox.open(Optional.of(Secret.of("c2hvcnQ=")), data))
        .hasMessageContaining("secrets.key")
        .hasMessageContaining("32 bytes");
  }

  @Test
  void generatedKey_isKeptForTheNextStartAndReadableByItsOwnerOnly(@TempDir Path parent)
      throws Exception {
    Path data = parent.resolve("data");
    byte[] sealed = SecretBox.open(Optional.empty(), data).seal(SECRET, "here");
    assertThat(SecretBox.open(Optional.empty(), data).unseal(sealed, "here")).isEqualTo(SECRET);
    try (var files = Files.list(data)) {
      assertThat(files).containsExactly(data.resolve("secrets.key"));
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("secrets.key"))))
        .isEqualTo("rw-------");
  }
}
