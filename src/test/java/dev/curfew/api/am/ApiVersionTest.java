package dev.curfew.api.am;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiVersionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resource=1 | 1.2",
        "resource=1.1 | 1.2",
        "resource=1.2 | 1.2",
        "resource=2 | 2.1",
        "resource=2.0 | 2.1",
        "resource=2.1 | 2.1",
        "resource=3 | 3.1",
        "resource=4.0 | 4.0",
        "resource=5 | 5.1",
        "protocol=1.0,resource=3.0 | 3.1",
        "resource=3.1, protocol=1 | 3.1",
        " resource = 5.1 , protocol = 2.1 | 5.1",
        "protocol=1.0 | 5.1"
      })
  void sessions_matchTheLatestMinorVersion(String header, String served) {
    assertThat(VersionedResource.SESSIONS.matching(header)).hasToString(served);
  }

  @Test
  void noHeader_matchesTheLatest() {
    assertThat(VersionedResource.SESSIONS.matching(null)).isEqualTo(new ApiVersion(5, 1));
    assertThat(VersionedResource.AUTHENTICATE.matching(null)).isEqualTo(new ApiVersion(2, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resource=0",
        "resource=1.3",
        "resource=6",
        "resource=4.1",
        "resource=9999.9999",
        "protocol=3",
        "protocol=0.9,resource=1.2"
      })
  void unknownVersion_isNotFound(String header) {
    assertThatThrownBy(() -> VersionedResource.SESSIONS.matching(header))
        .isInstanceOfSatisfying(
            CurfewException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1.0",
        "resource",
        "resource=",
        "resource=.",
        "resource=1.",
        "resource=.1",
        "resource=-1",
        "resource=1.0.0",
        "resource=1,",
        ",resource=1",
        "resource=1,resource=2",
        "resource=99999",
        "version=1",
        "resource=1;protocol=1",
        "resource=¹"
      })
  void malformedHeader_isInvalid(String header) {
    assertThatThrownBy(() -> VersionedResource.SESSIONS.matching(header))
        .isInstanceOfSatisfying(
            CurfewException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_FIELD);
              assertThat(refusal.field()).isEqualTo("Accept-API-Version");
            });
  }
}
