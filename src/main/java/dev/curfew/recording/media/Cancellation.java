package dev.curfew.recording.media;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.util.function.BooleanSupplier;

/** The caller's wish to stop, asked between items. */
record Cancellation(BooleanSupplier cancelled) {

  /**
   * Goes on, or stops here.
   *
   * @throws CurfewException {@link ErrorCode#UNAVAILABLE} if the caller no longer wants the result
   */
  void check() {
    if (cancelled.getAsBoolean()) {
      throw CurfewException.of(ErrorCode.UNAVAILABLE, "the encoding was cancelled");
    }
  }
}
