package dev.curfew.recording.media;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What was captured when, as one JSON object: {@code sessionId, startedAt, endedAt, durationMillis}
 * and the arrays {@code frames, keystrokes, clipboard, skipped}. All times named {@code at} are
 * epoch milliseconds; {@code offsetMillis} counts from time zero and is negative before it.
 *
 * <p>The items come mixed but the arrays stand one after the other. Each array is gathered in a
 * file of its own beside the timeline and copied in at the end, so that memory stays constant.
 */
final class TimelineWriter implements Closeable {
  private static final JsonFactory JSON = new JsonFactory();

  private enum Section {
    FRAMES,
    KEYSTROKES,
    CLIPBOARD,
    SKIPPED;

    String fieldName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Path file;
  private final long zero;
  private final Map<Section, JsonGenerator> sections = new EnumMap<>(Section.class);

  /**
   * Begins a timeline.
   *
   * @param zero time zero, epoch milliseconds
   */
  TimelineWriter(Path file, long zero) throws IOException {
    this.file = file;
    this.zero = zero;
    try {
      for (Section section : Section.values()) {
        JsonGenerator json = JSON.createGenerator(writer(partOf(section)));
        json.setRootValueSeparator(new SerializedString(",\n"));
        sections.put(section, json);
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A frame that is in the video. */
  void frame(CapturedItem.Frame frame) throws IOException {
    JsonGenerator json = begin(Section.FRAMES);
    json.writeNumberField("sequence", frame.sequence());
    end(json, frame.capturedAt());
  }

  void keystrokes(CapturedItem.Keystrokes keystrokes) throws IOException {
    JsonGenerator json = begin(Section.KEYSTROKES);
    json.writeStringField("text", keystrokes.text());
    end(json, keystrokes.capturedAt());
  }

  void clipboard(CapturedItem.Clipboard clipboard) throws IOException {
    JsonGenerator json = begin(Section.CLIPBOARD);
    json.writeStringField("text", clipboard.text());
    end(json, clipboard.capturedAt());
  }

  /** A frame that is not in the video. */
  void skipped(SkippedFrame skipped) throws IOException {
    JsonGenerator json = begin(Section.SKIPPED);
    json.writeNumberField("sequence", skipped.sequence());
    json.writeStringField("reason", skipped.reason());
    end(json, skipped.capturedAt());
  }

  /** Writes the timeline itself. */
  void finish(RecordedSession session, long durationMillis) throws IOException {
    for (JsonGenerator section : sections.values()) {
      section.close();
    }
    try (Writer out = writer(file);
        JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("sessionId", session.sessionId().toString());
      json.writeNumberField("startedAt", session.startedAt());
      json.writeNumberField("endedAt", session.endedAt());
      json.writeNumberField("durationMillis", durationMillis);
      for (Section section : Section.values()) {
        json.writeFieldName(section.fieldName());
        json.writeRawValue("[");
        json.flush();
        try (Reader part = Files.newBufferedReader(partOf(section), StandardCharsets.UTF_8)) {
          part.transferTo(out);
        }
        json.writeRaw("]");
      }
      json.writeEndObject();
    }
  }

  /** Removes the parts; the timeline stays if it was finished. */
  @Override
  public void close() throws IOException {
    for (JsonGenerator section : sections.values()) {
      section.close();
    }
    for (Section section : Section.values()) {
      Files.deleteIfExists(partOf(section));
    }
  }

  private JsonGenerator begin(Section section) throws IOException {
    JsonGenerator json = sections.get(section);
    if (json == null) {
      throw new IllegalStateException(section + " was not opened");
    }
    json.writeStartObject();
    return json;
  }

  private void end(JsonGenerator json, long at) throws IOException {
    json.writeNumberField("at", at);
    json.writeNumberField("offsetMillis", at - zero);
    json.writeEndObject();
  }

  private Path partOf(Section section) {
    return file.resolveSibling(file.getFileName() + "." + section.fieldName() + ".part");
  }

  /** A writer that replaces what is no text (half a surrogate pair) rather than failing on it. */
  private static Writer writer(Path path) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(Files.newOutputStream(path), StandardCharsets.UTF_8));
  }
}
