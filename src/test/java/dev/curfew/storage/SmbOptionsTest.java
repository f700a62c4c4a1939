package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.curfew.config.Secret;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmbOptionsTest {
  private static SmbOptions options(int port, String share, String folder) {
    return new SmbOptions(
        "files.example.org",
        port,
        share,
        folder,
        "",
        "curfew",
        Secret.of("secret"),
        true,
        Duration.ofSeconds(30));
  }

  @Test
  void paths_areOfTheFolder() {
    assertThat(options(445, "recordings", "").path("a/b.mp4")).isEqualTo("a\\b.mp4");
    assertThat(options(445, "recordings", "Audit 2026/x").path("a/b.mp4"))
        .isEqualTo("Audit 2026\\x\\a\\b.mp4");
  }

  @Test
  void location_namesThePortOnlyWhereItIsAnother() {
    assertThat(options(445, "recordings$", "Audit 2026").location())
        .isEqualTo("smb://files.example.org/recordings$/Audit%202026");
    assertThat(options(1445, "recordings", "").location())
        .isEqualTo("smb://files.example.org:1445/recordings");
  }

  @Test
  void password_isNotShown() {
    assertThat(options(445, "recordings", "").toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/a", "a/", "a//b", "..", "a/../b", ".", "a\\b", "a:b", "a?", "a\n"})
  void folderOutsideTheShare_isRefused(String folder) {
    assertThatIllegalArgumentException().isThrownBy(() -> options(445, "recordings", folder));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "a\\b", ".."})
  void nameThatIsNoShare_isRefused(String share) {
    assertThatIllegalArgumentException().isThrownBy(() -> options(445, share, ""));
  }
}
