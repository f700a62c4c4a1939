package dev.curfew.terminal;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes asciicast version 2: a header, then one line an event, in order of time. */
final class CastWriter implements Closeable {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long MICROS = 1_000_000;

  private final OutputStream out;
  private final JsonGenerator json;
  private final long zero;
  private long last;

  /**
   * @param out closed with this
   * @param begin micros since the epoch. The header has whole seconds only: they are the zero of
   *     all times, so that the true time of an event is the sum of both.
   */
  CastWriter(OutputStream out, int columns, int rows, long begin, String title) throws IOException {
    this.out = out;
    this.json = JSON.createGenerator(out, JsonEncoding.UTF8);
    this.zero = Math.floorDiv(begin, MICROS) * MICROS;
    json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    json.writeStartObject();
    json.writeNumberField("version", 2);
    json.writeNumberField("width", columns);
    json.writeNumberField("height", rows);
    json.writeNumberField("timestamp", zero / MICROS);
    json.writeStringField("title", encodable(title));
    json.writeEndObject();
  }

  void output(long at, String text) throws IOException {
    event(at, "o", text);
  }

  void input(long at, String text) throws IOException {
    event(at, "i", encodable(text));
  }

  void resize(long at, int columns, int rows) throws IOException {
    event(at, "r", columns + "x" + rows);
  }

  /** What is late takes the time of the event before: the order of bytes is that of the file. */
  private void event(long at, String code, String data) throws IOException {
    last = Math.max(last, at - zero);
    json.writeStartArray();
    json.writeNumber(String.format(Locale.ROOT, "%d.%06d", last / MICROS, last % MICROS));
    json.writeString(code);
    json.writeString(data);
    json.writeEndArray();
  }

  /** JSON refuses half a surrogate pair. */
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    try (out) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.close();
      out.write('\n');
    }
  }
}
