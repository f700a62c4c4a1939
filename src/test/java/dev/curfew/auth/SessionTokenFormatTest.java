package dev.curfew.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.session.SecretDigest;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class SessionTokenFormatTest {
  @Test
  void token_namesItsSessionAndIsNeverTheSame() {
    Set<String> tokens = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      UUID id = i % 2 == 0 ? UUID.randomUUID() : new UUID(0, 0);
      String token = SessionTokenFormat.generate(id).reveal();
      assertThat(token).matches("[A-Za-z0-9_-]{64}");
      assertThat(SessionTokenFormat.sessionOf(token)).contains(id);
      assertThat(tokens.add(token)).isTrue();
    }
  }

  @Test
  void randomText_isNoTokenUnlessItLooksLikeOne() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(4) == 0 ? 64 : random.nextInt(130);
      for (int c = 0; c < length; c++) {
        text.append((char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
      }
      boolean looksLikeOne = text.toString().matches("[A-Za-z0-9_-]{64}");
      assertThat(SessionTokenFormat.sessionOf(text.toString()).isPresent()).isEqualTo(looksLikeOne);
    }
  }

  @Test
  void digest_isOfTheWholeTokenAndMatchesOnlyItself() {
    String token = SessionTokenFormat.generate(UUID.randomUUID()).reveal();
    SecretDigest digest = TokenHash.of(token).digest();
    assertThat(digest.bytes()).isEqualTo(TokenHash.of(token).bytes()).hasSize(32);
    assertThat(SecretDigest.of(digest.bytes())).isEqualTo(digest);
    assertThat(digest.matches(SecretDigest.of(digest.bytes()))).isTrue();
    assertThat(digest.toString()).isEqualTo("digest");
    for (int bit = 0; bit < 256; bit++) {
      byte[] other = digest.bytes();
      other[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(digest.matches(SecretDigest.of(other))).isFalse();
    }
  }
}
