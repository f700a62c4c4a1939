package dev.curfew.client;

import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * What a person sees. On a terminal the last line is rewritten in place; into a file or pipe only
 * lines that are done are written.
 */
public final class Terminal {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
  private static final int BAR = 30;

  private final PrintStream out;
  private final boolean interactive;
  private int shown;

  public Terminal(PrintStream out, boolean interactive) {
    this.out = out;
    this.interactive = interactive;
  }

  /** Standard output, in place where it is a terminal. */
  public static Terminal standard() {
    return new Terminal(System.out, System.console() != null && System.getenv("TERM") != null);
  }

  public synchronized void line(String text) {
    clear();
    out.println(text);
    out.flush();
  }

  public void step(String text) {
    line("");
    line("== " + text);
  }

  /** A line with the time of day in front. */
  public void at(long millis, String text) {
    line(CLOCK.format(Instant.ofEpochMilli(millis)) + "  " + text);
  }

  /** A line that the next one replaces; not shown where nothing can be replaced. */
  public synchronized void status(String text) {
    if (interactive) {
      clear();
      out.print(text);
      out.flush();
      shown = text.length();
    }
  }

  public boolean interactive() {
    return interactive;
  }

  /** A bar of the part done, from 0 to 1. */
  public static String bar(double part) {
    int filled = (int) Math.round(Math.max(0, Math.min(1, part)) * BAR);
    return "["
        + "#".repeat(filled)
        + ".".repeat(BAR - filled)
        + String.format(Locale.ROOT, "] %3.0f%%", part * 100);
  }

  private void clear() {
    if (shown > 0) {
      out.print("\r" + " ".repeat(shown) + "\r");
      shown = 0;
    }
  }
}
