package dev.curfew.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name that was probably meant by a misspelt one. */
final class NearestName {
  private static final int MOST_EDITS = 3;

  private NearestName() {}

  /** An end for the message about an unknown name; empty when nothing is close. */
  static String hint(String unknown, Collection<String> known) {
    return known.stream()
        .filter(name -> edits(unknown, name) <= MOST_EDITS)
        .min(Comparator.comparingInt(name -> edits(unknown, name)))
        .map(name -> "; did you mean " + name + "?")
        .orElse("");
  }

  /** Levenshtein distance, one row at a time. */
  private static int edits(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
