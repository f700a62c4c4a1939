package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import dev.curfew.session.Terms;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every field must keep to, whichever dialect it came by. Failures are INVALID_FIELD with the
 * name of the field.
 */
public final class FieldRules {
  static final int LONGEST_NAME = 128;
  static final int LONGEST_PERSONAL_NAME = 256;
  static final int LONGEST_HOST = 255;
  static final int LONGEST_EMAIL = 320;
  static final int LONGEST_REMARK = 1_024;
  static final int LONGEST_SECRET = 4_096;
  static final int LONGEST_PASSWORD = 1_024;
  static final int MOST_THRESHOLDS = 20;

  /** The end of the year 9999: the last time that ISO-8601 writes with four digits. */
  private static final long LAST_TIME = 253_402_300_799_999L;

  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+");

  private FieldRules() {}

  /** A name: trimmed, not empty, on one line. */
  static String name(String field, String value, int longest) {
    String name = text(field, value, longest).strip();
    if (name.isEmpty()) {
      throw CurfewException.invalid(field, "must not be empty");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw CurfewException.invalid(field, "must not contain control characters");
    }
    return name;
  }

  /** A name, or none where it is absent or blank. */
  static @Nullable String optionalName(String field, @Nullable String value, int longest) {
    return value == null || value.isBlank() ? null : name(field, value, longest);
  }

  /** Any text that the database can hold. */
  public static String text(String field, String value, int longest) {
    if (value.length() > longest) {
      throw CurfewException.invalid(field, "must be at most " + longest + " characters");
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\0') {
        throw CurfewException.invalid(field, "must not contain the NUL character");
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == value.length()
            || !Character.isLowSurrogate(value.charAt(i + 1))) {
          throw CurfewException.invalid(field, "must be well-formed Unicode");
        }
        i++;
      }
    }
    return value;
  }

  public static @Nullable String optionalText(String field, @Nullable String value, int longest) {
    return value == null ? null : text(field, value, longest);
  }

  static @Nullable String email(String field, @Nullable String value) {
    String email = optionalName(field, value, LONGEST_EMAIL);
    if (email != null && !EMAIL.matcher(email).matches()) {
      throw CurfewException.invalid(field, "must be an e-mail address");
    }
    return email;
  }

  static @Nullable String ipv4(String field, @Nullable String value) {
    if (value != null && !NetUtil.isValidIpV4Address(value)) {
      throw CurfewException.invalid(field, "must be an IPv4 address");
    }
    return value;
  }

  static @Nullable String ipv6(String field, @Nullable String value) {
    if (value != null && (value.indexOf('%') >= 0 || !NetUtil.isValidIpV6Address(value))) {
      throw CurfewException.invalid(field, "must be an IPv6 address");
    }
    return value;
  }

  /** A positive duration in milliseconds, no longer than any may be. */
  static long duration(String field, Duration value) {
    if (value.compareTo(Duration.ofMillis(1)) < 0) {
      throw CurfewException.invalid(field, "must be at least 1 ms");
    }
    if (value.compareTo(Duration.ofMillis(Terms.LONGEST)) > 0) {
      throw CurfewException.invalid(
          field, "must be at most " + Duration.ofMillis(Terms.LONGEST).toDays() + " days");
    }
    return value.toMillis();
  }

  /**
   * Warning thresholds in milliseconds, descending, equal ones once; null for none given. Each is a
   * whole number of seconds, by which its event names it.
   */
  static @Nullable List<Long> thresholds(String field, @Nullable List<Duration> values) {
    if (values == null) {
      return null;
    }
    if (values.size() > MOST_THRESHOLDS) {
      throw CurfewException.invalid(field, "must have at most " + MOST_THRESHOLDS + " entries");
    }
    return values.stream()
        .map(value -> threshold(field, value))
        .distinct()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static long threshold(String field, Duration value) {
    long millis = duration(field, value);
    if (millis % 1_000 != 0) {
      throw CurfewException.invalid(field, "must be whole seconds");
    }
    return millis;
  }

  /** A time in the future that can be written and stored; 0 for none. */
  static long future(String field, long value, long now) {
    if (value != 0 && (value <= now || value > LAST_TIME)) {
      throw CurfewException.invalid(field, "must lie in the future, before the year 10000");
    }
    return value;
  }
}
