package dev.curfew.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of data, written with a binary unit: {@code 512B}, {@code 64KiB}, {@code 16MiB}, {@code
 * 2GiB}.
 *
 * @param bytes never negative
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18}) ?(B|KiB|MiB|GiB|TiB)");

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("negative size " + bytes);
    }
  }

  static ByteSize parse(String text) throws SettingRefused {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new SettingRefused("must be a size such as 64KiB, 16MiB or 2GiB");
    }
    int shift =
        switch (matcher.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case "TiB" -> 40;
          default -> 0;
        };
    long count = Long.parseLong(matcher.group(1));
    if (count > Long.MAX_VALUE >> shift) {
      throw new SettingRefused("is larger than any size that can be counted");
    }
    return new ByteSize(count << shift);
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** As it is written in the file, in the largest unit that divides it. */
  @Override
  public String toString() {
    String[] units = {"TiB", "GiB", "MiB", "KiB"};
    for (int i = 0; i < units.length; i++) {
      int shift = 40 - 10 * i;
      if (bytes != 0 && bytes % (1L << shift) == 0) {
        return (bytes >> shift) + units[i];
      }
    }
    return bytes + "B";
  }
}
