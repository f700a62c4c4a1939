package dev.curfew.api.am;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A version of a resource, or of the protocol.
 *
 * @param asHeader as an answer names the version it is of
 */
record ApiVersion(int major, int minor, String asHeader) {
  /** Header in which a client says what it was written for. */
  static final String ACCEPT = "Accept-API-Version";

  /** Header in which the answer says what it is. */
  static final String CONTENT = "Content-API-Version";

  private static final int MOST_DIGITS = 4;

  ApiVersion(int major, int minor) {
    this(major, minor, "resource=" + major + "." + minor);
  }

  boolean atLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }

  /**
   * What an {@code Accept-API-Version} header asks for: {@code protocol=N[.M]} and {@code
   * resource=N[.M]}, either or both, in any order. The protocol's versions do not differ here, but
   * one that does not exist is refused.
   *
   * @return the resource's version; null when the header names none
   * @throws CurfewException INVALID_FIELD for another form, NOT_FOUND for an unknown protocol
   */
  static @Nullable ApiVersion requested(String header) {
    ApiVersion resource = null;
    ApiVersion protocol = null;
    int at = 0;
    while (at <= header.length()) {
      int comma = header.indexOf(',', at);
      int end = comma < 0 ? header.length() : comma;
      int equals = header.indexOf('=', at);
      if (equals < 0 || equals >= end) {
        throw malformed();
      }
      String name = header.substring(at, equals).strip();
      ApiVersion version = parse(header.substring(equals + 1, end).strip());
      if (name.equals("resource") && resource == null) {
        resource = version;
      } else if (name.equals("protocol") && protocol == null) {
        protocol = version;
      } else {
        throw malformed();
      }
      at = end + 1;
    }
    if (protocol != null && (protocol.major < 1 || protocol.major > 2)) {
      throw CurfewException.of(
          ErrorCode.NOT_FOUND, ACCEPT, "Protocol version " + protocol + " not found");
    }
    return resource;
  }

  /** Of {@code N} or {@code N.M}. */
  private static ApiVersion parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new ApiVersion(number(text), 0)
        : new ApiVersion(number(text.substring(0, dot)), number(text.substring(dot + 1)));
  }

  private static int number(String digits) {
    if (digits.isEmpty() || digits.length() > MOST_DIGITS) {
      throw malformed();
    }
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        throw malformed();
      }
      number = 10 * number + digit - '0';
    }
    return number;
  }

  private static CurfewException malformed() {
    return CurfewException.of(
        ErrorCode.INVALID_FIELD,
        ACCEPT,
        ACCEPT + " must name protocol and resource versions, as in protocol=1.0,resource=2.1");
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
