package dev.curfew.terminal;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** An asciicast of version 2, read as a player reads it. */
public record ParsedCast(JsonObject header, List<Event> events) {

  /**
   * @param micros from the header's timestamp
   */
  public record Event(long micros, String code, String data) {}

  public static ParsedCast of(String file) {
    if (!file.endsWith("\n")) {
      throw new AssertionError("the last line is not ended");
    }
    List<String> lines = file.lines().toList();
    JsonObject header = new JsonObject(lines.get(0));
    if (header.getInteger("version") != 2) {
      throw new AssertionError("version " + header.getValue("version"));
    }
    List<Event> events = new ArrayList<>();
    long before = 0;
    for (String line : lines.subList(1, lines.size())) {
      JsonArray event = new JsonArray(line);
      if (event.size() != 3) {
        throw new AssertionError(line);
      }
      long micros = new BigDecimal(event.getValue(0).toString()).movePointRight(6).longValueExact();
      if (micros < before) {
        throw new AssertionError("goes back in time: " + line);
      }
      before = micros;
      events.add(new Event(micros, event.getString(1), event.getString(2)));
    }
    return new ParsedCast(header, events);
  }

  /** Everything that the terminal shows. */
  public String output() {
    return joined("o");
  }

  public String input() {
    return joined("i");
  }

  public List<String> sizes() {
    return events.stream().filter(event -> event.code.equals("r")).map(Event::data).toList();
  }

  private String joined(String code) {
    StringBuilder text = new StringBuilder();
    events.stream().filter(event -> event.code.equals(code)).forEach(e -> text.append(e.data));
    return text.toString();
  }
}
