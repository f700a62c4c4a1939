package dev.curfew.fault;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure with a name. The message is written for the caller: it names the field and the rule,
 * never a secret, a stack or another tenant's data. It carries no stack trace unless it has a
 * cause, since refusals are answers rather than defects.
 */
public final class CurfewException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String field;
  private final long retryAfterSeconds;

  private CurfewException(
      ErrorCode code, @Nullable String field, String message, @Nullable Throwable cause) {
    this(code, field, message, cause, 0);
  }

  private CurfewException(
      ErrorCode code,
      @Nullable String field,
      String message,
      @Nullable Throwable cause,
      long retryAfterSeconds) {
    super(message, cause, false, cause != null);
    this.code = code;
    this.field = field;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public static CurfewException of(ErrorCode code, String message) {
    return new CurfewException(code, null, message, null);
  }

  /** A failure that is about one field of the request, named as the dialect names it. */
  public static CurfewException of(ErrorCode code, String field, String message) {
    return new CurfewException(code, field, message, null);
  }

  /** {@link ErrorCode#INVALID_FIELD}: {@code rule} completes the sentence "field ...". */
  public static CurfewException invalid(String field, String rule) {
    return new CurfewException(ErrorCode.INVALID_FIELD, field, field + " " + rule, null);
  }

  public static CurfewException notFound(String what) {
    return new CurfewException(ErrorCode.NOT_FOUND, null, what + " not found", null);
  }

  /**
   * {@link ErrorCode#RATE_LIMITED}.
   *
   * @param wait until it is worth trying again; told in whole seconds, at least one
   */
  public static CurfewException rateLimited(String message, Duration wait) {
    long seconds = Math.max(1, (wait.toMillis() + 999) / 1_000);
    return new CurfewException(ErrorCode.RATE_LIMITED, null, message, null, seconds);
  }

  /**
   * {@link ErrorCode#UNAVAILABLE}.
   *
   * @param wait until it is worth trying again; zero where that is not known
   */
  public static CurfewException unavailable(String message, Duration wait) {
    return new CurfewException(ErrorCode.UNAVAILABLE, null, message, null, wait.toSeconds());
  }

  public static CurfewException causedBy(ErrorCode code, String message, Throwable cause) {
    return new CurfewException(code, null, message, cause);
  }

  public ErrorCode code() {
    return code;
  }

  /** The request field at fault, where there is one. */
  public @Nullable String field() {
    return field;
  }

  /** When it is worth trying again, in seconds from now; 0 where that is not known. */
  public long retryAfterSeconds() {
    return retryAfterSeconds;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? code.name() : message;
  }
}
