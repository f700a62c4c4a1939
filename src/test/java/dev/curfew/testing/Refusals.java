package dev.curfew.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import java.util.function.Supplier;

/** Calls that must be refused, whether at once or by their future. */
public final class Refusals {
  private Refusals() {}

  /** The refusal, whose code must be this one. */
  public static CurfewException refused(ErrorCode code, Supplier<Future<?>> call) {
    Throwable failure;
    try {
      failure = Await.failure(call.get());
    } catch (CurfewException atOnce) {
      failure = atOnce;
    }
    assertThat(failure).isInstanceOf(CurfewException.class);
    CurfewException refusal = (CurfewException) failure;
    assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
    return refusal;
  }
}
