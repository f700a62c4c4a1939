package dev.curfew.api;

import io.vertx.core.http.HttpServerRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a body that a {@code Range} header asks for (RFC 9110, section 14). One range is
 * served; a header that asks for several, or is malformed, is ignored as the RFC allows.
 */
public record ByteRange(long offset, long length, boolean partial) {
  public static final ByteRange UNSATISFIABLE = new ByteRange(-1, 0, false);

  private static final Pattern ONE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

  public static ByteRange of(@Nullable String header, long size) {
    Matcher matcher = ONE.matcher(header == null ? "" : header);
    if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
      return new ByteRange(0, size, false);
    }
    long first;
    long last;
    if (matcher.group(1).isEmpty()) {
      long suffix = Long.parseLong(matcher.group(2));
      if (suffix == 0) {
        return UNSATISFIABLE;
      }
      first = Math.max(0, size - suffix);
      last = size - 1;
    } else {
      first = Long.parseLong(matcher.group(1));
      last = matcher.group(2).isEmpty() ? size - 1 : Long.parseLong(matcher.group(2));
      if (!matcher.group(2).isEmpty() && last < first) {
        return new ByteRange(0, size, false);
      }
    }
    if (first >= size) {
      return UNSATISFIABLE;
    }
    return new ByteRange(first, Math.min(last, size - 1) - first + 1, true);
  }

  /** Whether a request goes on reading what an earlier one began. */
  public static boolean continues(HttpServerRequest request) {
    String range = request.getHeader("Range");
    return range != null && !range.startsWith("bytes=0-");
  }
}
