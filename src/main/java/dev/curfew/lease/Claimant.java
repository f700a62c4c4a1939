package dev.curfew.lease;

import dev.curfew.fault.CurfewException;
import org.jspecify.annotations.Nullable;

/**
 * Who says that they hold a claim. With a token, only the claim of that token counts; without one,
 * the latest claim of the named instance does.
 *
 * @param instance the worker's instance name; null where the token alone is presented
 * @param token the fencing token; null where the client knows of none
 */
public record Claimant(@Nullable String instance, @Nullable Long token) {
  private static final int RADIX = 36;

  public Claimant {
    if (instance == null && token == null) {
      throw new IllegalArgumentException("a claimant has a name or a token");
    }
  }

  /** A worker that names itself and, where it has one, the token as it was shown to it. */
  public static Claimant of(String instance, @Nullable String claimToken) {
    return new Claimant(instance, claimToken == null ? null : read(claimToken));
  }

  /** Whoever presents the token of a claim. */
  public static Claimant ofToken(String claimToken) {
    return new Claimant(null, read(claimToken));
  }

  boolean holds(@Nullable String owner, long latestToken) {
    return owner != null
        && (instance == null || instance.equals(owner))
        && (token == null || token == latestToken);
  }

  static String show(long token) {
    return Long.toString(token, RADIX);
  }

  private static long read(String claimToken) {
    try {
      return Long.parseLong(claimToken, RADIX);
    } catch (NumberFormatException e) {
      throw CurfewException.invalid("claimToken", "is not a token of a claim");
    }
  }
}
