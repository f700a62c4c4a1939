package dev.curfew.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What was written for a setting, before it is read as the setting's type, and where. */
sealed interface RawValue {
  /** File and line, variable, or how else the value came; the beginning of an error message. */
  String origin();

  /** One text. */
  record Text(String text, String origin) implements RawValue {}

  /** A sequence in the file. */
  record Items(List<Text> items, String origin) implements RawValue {}

  /**
   * A sequence of mappings: one for each thing that is configured.
   *
   * @param entries what was written in each, by name, in its order
   */
  record Entries(List<Map<String, RawValue>> entries, String origin) implements RawValue {}

  /** Something that no setting can have for its value. */
  record Unusable(String reason, String origin) implements RawValue {}

  /** The entries of a list written in one text, separated by commas; blank is no entries. */
  static Stream<Text> split(Text list) {
    return list.text().isBlank()
        ? Stream.empty()
        : Arrays.stream(list.text().split(",", -1)).map(t -> new Text(t.strip(), list.origin()));
  }
}
