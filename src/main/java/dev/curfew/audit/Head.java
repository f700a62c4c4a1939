package dev.curfew.audit;

import dev.curfew.fault.CurfewException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The end of a chain at some time, for people to note: {@code <realm>:<number>:<hash>}, and {@code
 * @log} in place of the realm for the chain over all of them. Whoever has it knows later whether
 * everything up to it is still there.
 *
 * @param realm null for the chain over all realms
 * @param number of the seal, or batch
 * @param hash in lower-case hexadecimal
 */
public record Head(@Nullable String realm, long number, String hash) {
  private static final String ALL = "@log";
  private static final Pattern TEXT =
      Pattern.compile("(@log|[A-Za-z0-9][A-Za-z0-9._-]{0,62}):([1-9][0-9]{0,17}):([0-9a-f]{64})");

  /**
   * Reads what {@link #text} wrote.
   *
   * @param field what the request calls it
   */
  public static Head parse(String field, String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw CurfewException.invalid(
          field, "must be a head as a verification printed it: <realm>:<number>:<hash>");
    }
    return new Head(
        parts.group(1).equals(ALL) ? null : parts.group(1),
        Long.parseLong(parts.group(2)),
        parts.group(3));
  }

  public String text() {
    return (realm == null ? ALL : realm) + ":" + number + ":" + hash;
  }
}
