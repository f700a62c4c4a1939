package dev.curfew.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live sessions of a node, with what is left of each, for a person to watch. Changes come as
 * events; behind them everything is read anew from time to time.
 */
public final class SessionWatch {
  private static final String PATH = "/api/v1/admin/sessions";
  private static final List<String> LIVE = List.of("approved", "active", "ending");
  private static final int PAGE = 500;
  private static final long REREAD_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long SOONEST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final Duration LOOK = Duration.ofMillis(200);

  /** Events taken over before the screen is drawn again. */
  private static final int AT_ONCE = 1_000;

  private static final long REDRAW_MILLIS = 1_000;
  private static final int ANY_WIDTH = 400;

  private final ApiClient api;
  private final PrintStream out;
  private final boolean colour;
  private final long warning;
  private final SessionBoard board = new SessionBoard();
  private String trouble = "";
  private long read;

  /**
   * @param colour whether urgency is shown by colour
   * @param warning what must be left of a session for it to be no warning
   */
  public SessionWatch(ApiClient api, PrintStream out, boolean colour, Duration warning) {
    this.api = api;
    this.out = out;
    this.colour = colour;
    this.warning = warning.toMillis();
  }

  /** Shows them on the whole terminal until q is pressed. */
  public void onScreen(InputStream keys) {
    try (EventFollower events = new EventFollower(api, "", null, notice -> trouble = notice)) {
      readAll();
      try (Screen screen = new Screen(out, keys)) {
        long connections = 0;
        boolean stale = false;
        long drawn = 0;
        int[] size = screen.size();
        while (!screen.quits()) {
          AlertStream.Alert alert = events.next(LOOK);
          boolean changed = alert != null;
          for (int i = 0; alert != null && i < AT_ONCE; i++) {
            stale |= board.apply(alert.event());
            alert = events.next(Duration.ZERO);
          }
          if (events.connections() != connections) {
            connections = events.connections();
            trouble = "";
            stale = true;
          }
          if (due(stale)) {
            stale = !readAgain();
            size = screen.size();
          }
          long now = System.currentTimeMillis();
          if (changed || now / REDRAW_MILLIS != drawn) {
            drawn = now / REDRAW_MILLIS;
            screen.show(
                SessionTable.lines(
                    board.rows(),
                    board.nodeTime(now),
                    new SessionTable.Form(size[1], size[0], colour, warning),
                    trouble.isEmpty() ? "q ends" : trouble));
          }
        }
      }
    }
  }

  /**
   * Prints a line for each session, and one for each event after that, until the program is ended.
   *
   * @param notices told when the connection breaks and when there is one again
   */
  public void inLines(Consumer<String> notices) {
    try (EventFollower events = new EventFollower(api, "", null, notices)) {
      readAll();
      SessionTable.Form form = new SessionTable.Form(ANY_WIDTH, PAGE, colour, warning);
      long now = board.nodeTime(System.currentTimeMillis());
      board.rows().forEach(row -> out.println(SessionTable.line(row, now, form)));
      out.flush();
      while (!Thread.currentThread().isInterrupted() && !out.checkError()) {
        AlertStream.Alert alert = events.next(LOOK);
        if (alert != null && alert.type().startsWith("dev.curfew.session.")) {
          out.println(EventLine.of(alert.event()));
          out.flush();
        }
      }
    }
  }

  private boolean due(boolean stale) {
    long since = System.nanoTime() - read;
    return since > REREAD_NANOS || (stale && since > SOONEST_NANOS);
  }

  /** Whether the node answered; what it said before stays otherwise. */
  private boolean readAgain() {
    try {
      readAll();
      return true;
    } catch (ApiFailure failure) {
      if (failure.status() == 401 || failure.status() == 403) {
        throw failure;
      }
      trouble = String.valueOf(failure.getMessage());
      read = System.nanoTime();
      return false;
    }
  }

  private void readAll() {
    List<JsonObject> sessions = new ArrayList<>();
    for (String state : LIVE) {
      @Nullable Object after = null;
      do {
        JsonObject page =
            api.get(
                new ListQuery(PATH)
                    .with("state", state)
                    .with("limit", PAGE)
                    .with("after", after)
                    .toString());
        sessions.addAll(ListQuery.items(page));
        after =
            page.getJsonArray("items", new JsonArray()).size() < PAGE
                ? null
                : page.getValue("next");
      } while (after != null);
    }
    board.replace(sessions, System.currentTimeMillis());
    read = System.nanoTime();
  }
}
