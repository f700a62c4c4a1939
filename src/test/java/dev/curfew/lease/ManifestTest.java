package dev.curfew.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
  private static final long STARTED = 1_000_000;
  private static final long EXPIRES = 5_000_000;
  private static final long LATEST_SCREENSHOT = 2_000_000;

  private final Manifest manifest =
      new Manifest(
          RecordingStage.CONNECTED,
          STARTED,
          EXPIRES,
          7,
          1_000,
          List.of(LATEST_SCREENSHOT, 0L, 0L, 0L));

  @Test
  void captureTime_notSaid_isTheArrival() {
    assertThat(manifest.capturedAt(ChunkKind.SCREENSHOT, null, 9_999_999)).isEqualTo(9_999_999);
  }

  @ParameterizedTest
  @ValueSource(longs = {STARTED - 1, EXPIRES + 1, Long.MIN_VALUE, Long.MAX_VALUE})
  void captureTime_outsideTheSession_isRefused(long capturedAt) {
    assertThatThrownBy(() -> manifest.capturedAt(ChunkKind.KEYSTROKES, capturedAt, STARTED))
        .isInstanceOfSatisfying(
            CurfewException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.UNPROCESSABLE);
              assertThat(refusal.field()).isEqualTo("capturedAt");
            });
  }

  @ParameterizedTest
  @ValueSource(longs = {STARTED, EXPIRES, 3_000_000})
  void captureTime_withinTheSession_isTakenHoweverFarAhead(long capturedAt) {
    assertThat(manifest.capturedAt(ChunkKind.KEYSTROKES, capturedAt, STARTED))
        .isEqualTo(capturedAt);
  }

  @Test
  void captureTime_overtakenByLessThanAMinute_isTaken() {
    long justWithin = LATEST_SCREENSHOT - 60_000;
    assertThat(manifest.capturedAt(ChunkKind.SCREENSHOT, justWithin, 0)).isEqualTo(justWithin);
    assertThatThrownBy(() -> manifest.capturedAt(ChunkKind.SCREENSHOT, justWithin - 1, 0))
        .hasMessageContaining("capturedAt");
    assertThat(manifest.capturedAt(ChunkKind.CLIPBOARD, justWithin - 1, 0))
        .as("another kind")
        .isEqualTo(justWithin - 1);
  }

  @Test
  void piece_thatContinues_isNext() {
    assertThat(manifest.place(1_000L, 5)).isEqualTo(Manifest.Place.NEXT);
    assertThat(manifest.place(null, 5)).isEqualTo(Manifest.Place.NEXT);
  }

  @Test
  void piece_thatIsThere_isBefore() {
    assertThat(manifest.place(0L, 1_000)).isEqualTo(Manifest.Place.BEFORE);
    assertThat(manifest.place(990L, 10)).isEqualTo(Manifest.Place.BEFORE);
  }

  @ParameterizedTest
  @CsvSource({"1001,5", "990,11", "-1,5", "9223372036854775807,10", "5,9223372036854775807"})
  void piece_thatLeavesAGapOrLiesOverTheEnd_isRefusedWithTheExpectedOffset(long offset, long size) {
    assertThatThrownBy(() -> manifest.place(offset, size))
        .isInstanceOfSatisfying(
            CurfewException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.OFFSET_GAP);
              assertThat(refusal).hasMessageContaining("expected offset 1000");
            });
  }
}
