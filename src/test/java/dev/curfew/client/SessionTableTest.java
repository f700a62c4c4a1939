package dev.curfew.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionTableTest {
  private static final long NOW = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
  private static final SessionTable.Form PLAIN = new SessionTable.Form(100, 24, false, 300_000);
  private static final SessionTable.Form COLOURED = new SessionTable.Form(100, 24, true, 300_000);

  private static SessionBoard.Row row(String id, long left, boolean warned) {
    return new SessionBoard.Row(id, "psm", "active", "jdoe", NOW + left, warned);
  }

  @Test
  void screen_isHeadRowsAndNote() {
    List<String> lines =
        SessionTable.lines(
            List.of(row("a", 59_001, true), row("b", 3_725_000, false)), NOW, PLAIN, "q ends");

    assertThat(lines)
        .containsExactly(
            "2 live sessions",
            "      LEFT  STATE     KIND          USER                  SESSION",
            "   0:01:00  active    psm           jdoe                  a",
            "   1:02:05  active    psm           jdoe                  b",
            "q ends");
  }

  @Test
  void colour_isThatOfUrgency() {
    assertThat(SessionTable.line(row("a", 60_000, false), NOW, COLOURED)).startsWith("\u001b[31m");
    assertThat(SessionTable.line(row("a", 60_001, false), NOW, COLOURED)).startsWith("\u001b[33m");
    assertThat(SessionTable.line(row("a", 300_000, false), NOW, COLOURED)).startsWith("\u001b[33m");
    assertThat(SessionTable.line(row("a", 300_001, true), NOW, COLOURED)).startsWith("\u001b[33m");
    assertThat(SessionTable.line(row("a", 300_001, false), NOW, COLOURED)).doesNotContain("\u001b");
    assertThat(SessionTable.line(row("a", 1, true), NOW, PLAIN)).doesNotContain("\u001b");
  }

  @Test
  void screen_keepsToItsSize() {
    List<SessionBoard.Row> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(row("session-" + i, 1_000_000 + i, false));
    }
    SessionTable.Form small = new SessionTable.Form(20, 10, true, 0);

    List<String> lines = SessionTable.lines(rows, NOW, small, "q ends");

    assertThat(lines).hasSizeLessThanOrEqualTo(10).contains("... and 94 with more");
    assertThat(lines).allMatch(line -> line.replaceAll("\u001b\\[\\d+m", "").length() <= 20);
  }

  @Test
  void names_cannotMoveTheCursor() {
    SessionBoard.Row odd =
        new SessionBoard.Row("a", "psm", "active", "j\u001b[2J\ndoe", NOW + 1_000_000, false);

    assertThat(SessionTable.line(odd, NOW, COLOURED)).contains("j?[2J?doe").doesNotContain("\n");
  }

  @Test
  void time_isRoundedUpAndNeverNegative() {
    assertThat(SessionTable.left(row("a", 1, false), NOW)).isEqualTo("0:00:01");
    assertThat(SessionTable.left(row("a", 0, false), NOW)).isEqualTo("0:00:00");
    assertThat(SessionTable.left(row("a", -5_000, false), NOW)).isEqualTo("0:00:00");
    assertThat(SessionTable.left(row("a", 360_000_000, false), NOW)).isEqualTo("100:00:00");
    assertThat(SessionTable.left(new SessionBoard.Row("a", "psm", "active", "jdoe", 0, false), NOW))
        .isEqualTo("-");
  }

  // The board behind it

  private final SessionBoard board = new SessionBoard();

  private static JsonObject session(String id, long left) {
    return new JsonObject()
        .put("id", id)
        .put("kind", "psm")
        .put("state", "active")
        .put("user", new JsonObject().put("username", "jdoe"))
        .put("expiresAt", Instant.ofEpochMilli(NOW + left).toString())
        .put("timeRemainingSeconds", left / 1000);
  }

  private static JsonObject event(String type, String id, JsonObject data) {
    return new JsonObject()
        .put("type", "dev.curfew.session." + type)
        .put("subject", "session/" + id)
        .put("data", data);
  }

  @Test
  void board_isSortedByTimeLeft() {
    board.replace(List.of(session("c", 9_000), session("a", 90_000), session("b", 5_000)), NOW);

    assertThat(board.rows()).extracting(SessionBoard.Row::id).containsExactly("b", "c", "a");
  }

  @Test
  void warning_holdsUntilTheExtension() {
    board.replace(List.of(session("a", 60_000)), NOW);
    assertThat(board.apply(event("expiring", "a", new JsonObject()))).isFalse();
    assertThat(board.rows().get(0).warned()).isTrue();

    board.replace(List.of(session("a", 60_000)), NOW);
    assertThat(board.rows().get(0).warned()).as("reading anew keeps it").isTrue();

    board.apply(
        event(
            "extended",
            "a",
            new JsonObject().put("expiresAt", Instant.ofEpochMilli(NOW + 90_000).toString())));
    assertThat(board.rows().get(0).warned()).isFalse();
    assertThat(board.rows().get(0).left(NOW)).isEqualTo(90_000);
  }

  @Test
  void end_takesItOut_andAStrangerAsksForReading() {
    board.replace(List.of(session("a", 60_000)), NOW);

    assertThat(board.apply(event("revoked", "a", new JsonObject().put("to", "ending")))).isFalse();
    assertThat(board.rows().get(0).state()).isEqualTo("ending");
    assertThat(board.apply(event("ended", "a", new JsonObject()))).isFalse();
    assertThat(board.rows()).isEmpty();
    assertThat(board.apply(event("started", "b", new JsonObject()))).isTrue();
    assertThat(board.apply(event("ended", "b", new JsonObject()))).isFalse();
    assertThat(board.apply(new JsonObject().put("type", "dev.curfew.auth.login"))).isFalse();
  }

  @Test
  void clock_isTheNodesWhereThisMachinesIsWrong() {
    List<JsonObject> sessions = List.of(session("a", 60_000), session("b", 90_000));
    board.replace(sessions, NOW + 400);
    assertThat(board.nodeTime(NOW)).isCloseTo(NOW, within(1_000L));

    board.replace(sessions, NOW + 3_600_000);
    assertThat(board.nodeTime(NOW + 3_600_000)).isCloseTo(NOW, within(1_000L));
    board.replace(sessions, NOW - 3_600_000);
    assertThat(board.nodeTime(NOW - 3_600_000)).isCloseTo(NOW, within(1_000L));
  }

  // Events in lines

  @Test
  void event_isOneLine() {
    JsonObject event =
        event(
                "expiring",
                "123e4567-e89b-12d3-a456-426614174000",
                new JsonObject().put("userId", 2).put("timeRemainingSeconds", 300))
            .put("time", "2026-11-22T12:00:00.123Z");

    assertThat(EventLine.of(event))
        .isEqualTo(
            "2026-11-22T12:00:00.123Z  session.expiring      "
                + "123e4567-e89b-12d3-a456-426614174000  user 2    300 s left");
    assertThat(EventLine.of(new JsonObject().put("type", "x"))).startsWith("-  ");
  }
}
