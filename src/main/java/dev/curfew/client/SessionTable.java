package dev.curfew.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Live sessions as lines of a terminal. */
final class SessionTable {
  private static final long LAST_MINUTE = 60_000;
  private static final String RED = "\u001b[31m";
  private static final String YELLOW = "\u001b[33m";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";
  private static final int HEAD_AND_FOOT = 4;

  /**
   * How much fits, and how it is shown.
   *
   * @param width characters of a line
   * @param height lines
   * @param warning milliseconds left from which on a session is yellow, warned or not
   */
  record Form(int width, int height, boolean colour, long warning) {}

  private SessionTable() {}

  /**
   * The whole screen.
   *
   * @param rows in the order in which they are shown
   * @param now of the node's clock, epoch milliseconds
   * @param note the last line
   */
  static List<String> lines(List<SessionBoard.Row> rows, long now, Form form, String note) {
    List<String> lines = new ArrayList<>();
    lines.add(
        painted(BOLD, rows.size() + (rows.size() == 1 ? " live session" : " live sessions"), form));
    lines.add(cut(columns("LEFT", "STATE", "KIND", "USER", "SESSION"), form));
    int room = Math.max(1, form.height() - HEAD_AND_FOOT);
    for (SessionBoard.Row row : rows.subList(0, Math.min(room, rows.size()))) {
      lines.add(line(row, now, form));
    }
    if (rows.size() > room) {
      lines.add(cut("... and " + (rows.size() - room) + " with more time left", form));
    }
    lines.add(cut(note, form));
    return lines;
  }

  /** One session, in the colour of its urgency. */
  static String line(SessionBoard.Row row, long now, Form form) {
    String text = columns(left(row, now), row.state(), row.kind(), row.user(), row.id());
    long left = row.left(now);
    if (row.expiresAt() > 0 && left <= LAST_MINUTE) {
      return painted(RED, text, form);
    }
    boolean soon = row.warned() || (row.expiresAt() > 0 && left <= form.warning());
    return soon ? painted(YELLOW, text, form) : cut(text, form);
  }

  private static String columns(
      String left, String state, String kind, String user, String session) {
    return String.format(
        Locale.ROOT, "%10s  %-8s  %-12s  %-20s  %s", left, state, kind, user, session);
  }

  /** Hours, minutes and seconds. */
  static String left(SessionBoard.Row row, long now) {
    if (row.expiresAt() == 0) {
      return "-";
    }
    // Rounded up: zero is shown when there is nothing left.
    long seconds = (row.left(now) + 999) / 1_000;
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60);
  }

  private static String painted(String colour, String text, Form form) {
    String shown = cut(text, form);
    return form.colour() ? colour + shown + PLAIN : shown;
  }

  /** What fits into a line; what would move the cursor does not come from outside. */
  private static String cut(String text, Form form) {
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .limit(form.width())
        .forEach(c -> printable.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return printable.toString().stripTrailing();
  }
}
