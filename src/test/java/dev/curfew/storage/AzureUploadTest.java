package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class AzureUploadTest {
  private static final long GIBIBYTE = 1L << 30;

  @Test
  void blocks_growWithTheObject() {
    assertThat(AzureUpload.blockSize(1)).isEqualTo(8 << 20);
    assertThat(AzureUpload.blockSize(390 * GIBIBYTE)).isEqualTo(8 << 20);
    assertThat(AzureUpload.blockSize(391 * GIBIBYTE)).isEqualTo(9 << 20);
    for (long size : new long[] {1, 391 * GIBIBYTE, 4_000 * GIBIBYTE, 48_000 * GIBIBYTE}) {
      assertThat((size - 1) / AzureUpload.blockSize(size) + 1)
          .isLessThanOrEqualTo(AzureUpload.MOST_BLOCKS);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AzureUpload.blockSize(50_001 * GIBIBYTE))
        .withMessageContaining("too large");
  }

  /** PITFALLS 16: neither other bytes nor the same bytes elsewhere have the same id. */
  @Test
  void id_isOfPlaceAndContent() {
    byte[] block = {1, 2, 3};

    assertThat(AzureUpload.id(7, block)).isEqualTo(AzureUpload.id(7, new byte[] {1, 2, 3}));
    assertThat(AzureUpload.id(7, block)).isNotEqualTo(AzureUpload.id(8, block));
    assertThat(AzureUpload.id(7, block)).isNotEqualTo(AzureUpload.id(7, new byte[] {1, 2, 4}));
    assertThat(Base64.getDecoder().decode(AzureUpload.id(49_999, block)))
        .hasSize(49)
        .hasSameSizeAs(Base64.getDecoder().decode(AzureUpload.id(0, block)));
  }

  /** PITFALLS 18. */
  @Test
  void limit_growsWithTheBytes() {
    Duration timeout = Duration.ofSeconds(30);

    assertThat(AzureContainer.limit(timeout, 0)).isEqualTo(timeout);
    assertThat(AzureContainer.limit(timeout, 8 << 20)).isEqualTo(Duration.ofSeconds(158));
  }
}
