package dev.curfew.session;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A shard's answer to a command. A change is answered only once it is committed. */
public sealed interface Outcome {

  /** Done, or already so. */
  record Done(SessionView session, boolean changed) implements Outcome {}

  /**
   * Refused; nothing changed.
   *
   * @param session the session as it stands, where there is one
   * @param limit for {@link ErrorCode#OVER_MAXIMUM_DURATION}: the maximum in milliseconds; else 0
   */
  record Refused(ErrorCode code, String message, @Nullable SessionView session, long limit)
      implements Outcome {
    public CurfewException toException() {
      return CurfewException.of(code, message);
    }
  }

  /** No live session of that id on its shard: it has ended, or never was. */
  record NotLive() implements Outcome {
    public static final NotLive INSTANCE = new NotLive();
  }
}
