package dev.curfew.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.stream.Collectors;

/** What happened last. Lines are put into words only when somebody wants to read them. */
final class Trace {
  private static final int KEPT = 80;

  private record Line(long at, String format, Object[] values) {
    @Override
    public String toString() {
      return "%,12d  ".formatted(at) + String.format(Locale.ROOT, format, values);
    }
  }

  private final Timeline timeline;
  private final long start;
  private final boolean printed;
  private final Deque<Line> lines = new ArrayDeque<>(KEPT);

  Trace(Timeline timeline, boolean printed) {
    this.timeline = timeline;
    this.start = timeline.now();
    this.printed = printed;
  }

  void note(String format, Object... values) {
    Line line = new Line(timeline.now() - start, format, values);
    if (printed) {
      System.out.println(line);
      return;
    }
    if (lines.size() == KEPT) {
      lines.removeFirst();
    }
    lines.addLast(line);
  }

  String last() {
    return lines.stream().map(Line::toString).collect(Collectors.joining("\n"));
  }
}
