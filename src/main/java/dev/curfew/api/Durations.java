package dev.curfew.api;

import dev.curfew.config.DurationText;
import dev.curfew.fault.CurfewException;
import dev.curfew.session.Terms;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Durations at the edge: texts such as {@code 30m}, or whole seconds in a field whose name ends in
 * {@code Seconds}. Each is positive and at most {@link Terms#LONGEST}.
 */
public final class Durations {
  private static final Duration LONGEST = Duration.ofMillis(Terms.LONGEST);
  private static final int MOST_IN_LIST = 16;

  private Durations() {}

  /** From {@code name}, a text, or {@code nameSeconds}, a number; null when neither is there. */
  public static @Nullable Duration optional(Fields fields, String name) {
    String text = fields.optionalText(name, 64);
    if (text != null) {
      return parsed(name, text);
    }
    return seconds(fields, name + "Seconds");
  }

  /**
   * Whole seconds; null when absent. A number beyond all sense counts as too long, not as wrong.
   */
  public static @Nullable Duration seconds(Fields fields, String field) {
    return scaled(fields, field, 1);
  }

  /** Whole hours; null when absent. */
  public static @Nullable Duration hours(Fields fields, String field) {
    return scaled(fields, field, 3_600);
  }

  private static @Nullable Duration scaled(Fields fields, String field, long unit) {
    Long value = fields.optionalInteger(field, 1, Long.MAX_VALUE);
    // Saturated, so that no multiplication can turn it into something short.
    return value == null
        ? null
        : Duration.ofSeconds(Math.min(value, LONGEST.toSeconds() + 1) * unit);
  }

  /** A list of texts in {@code name}, or of numbers in {@code nameSeconds}; null when absent. */
  public static @Nullable List<Duration> optionalList(Fields fields, String name) {
    JsonArray texts = fields.optionalArray(name, MOST_IN_LIST);
    if (texts != null) {
      List<Duration> list = new ArrayList<>();
      for (String text : fields.texts(name, MOST_IN_LIST)) {
        list.add(parsed(name, text));
      }
      return list;
    }
    String inSeconds = name + "Seconds";
    JsonArray numbers = fields.optionalArray(inSeconds, MOST_IN_LIST);
    if (numbers == null) {
      return null;
    }
    List<Duration> list = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i++) {
      if (!(numbers.getValue(i) instanceof Integer number) || number < 1) {
        throw CurfewException.invalid(inSeconds + "[" + i + "]", "must be a positive whole number");
      }
      list.add(Duration.ofSeconds(number));
    }
    return list;
  }

  private static Duration parsed(String field, String text) {
    Duration duration = DurationText.parse(field, text);
    if (duration.isZero() || duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw CurfewException.invalid(field, "must be positive and at most 366d");
    }
    return duration;
  }

  /** As {@link #optionalList} reads them. */
  public static JsonArray texts(List<Long> millis) {
    JsonArray texts = new JsonArray();
    millis.forEach(each -> texts.add(text(each)));
    return texts;
  }

  /** As {@link #optional} reads it: the largest unit that fits. */
  public static String text(long millis) {
    if (millis % 86_400_000 == 0) {
      return millis / 86_400_000 + "d";
    }
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }
}
