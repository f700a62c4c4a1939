package dev.curfew.recording;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ChunkContent.Inline;
import dev.curfew.recording.VideoTrack.Video;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a recording holds, as JSON for players and searches:
 *
 * <pre>
 * {"version":1, "sessionId", "title", "startedAt", "endedAt", "origin", "durationMs",
 *  "video":{"width","height"} or null,
 *  "totals":{"frames","keystrokes","clipboard","skipped"},
 *  "frames":[{"sequence","ms","at"}], "keystrokes":[{"sequence","ms","at","text"}],
 *  "clipboard":[{"sequence","ms","at","text"}], "skipped":[{"sequence","kind","ms","at","reason"}]}
 * </pre>
 *
 * {@code ms} counts from {@code origin}, the first frame of the video (or, without one, the first
 * thing captured), and is negative for what came before; {@code at} and the other times are ISO
 * 8601 in UTC.
 */
final class Timeline {
  private static final JsonFactory JSON = new JsonFactory();

  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final RecordingSource source;
  private final RecordingSurvey survey;
  private final long origin;
  private final DamageLog damaged;

  /**
   * @param origin milliseconds since the epoch
   * @param damaged what could not be used, the screenshots in the order in which the source has
   *     them
   */
  Timeline(RecordingSource source, RecordingSurvey survey, long origin, DamageLog damaged) {
    this.source = source;
    this.survey = survey;
    this.origin = origin;
    this.damaged = damaged;
  }

  /**
   * @param video null when there is none
   */
  void write(OutputStream out, long durationMillis, @Nullable Video video) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      json.setPrettyPrinter(linePerEntry());
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeStringField("sessionId", source.sessionId().toString());
      json.writeStringField("title", encodable(source.title()));
      json.writeStringField("startedAt", iso(source.startedAt()));
      json.writeStringField("endedAt", iso(source.endedAt()));
      json.writeStringField("origin", iso(origin));
      json.writeNumberField("durationMs", durationMillis);
      if (video == null) {
        json.writeNullField("video");
      } else {
        json.writeObjectFieldStart("video");
        json.writeNumberField("width", video.width());
        json.writeNumberField("height", video.height());
        json.writeEndObject();
      }
      json.writeObjectFieldStart("totals");
      json.writeNumberField("frames", survey.frames() - damaged.frames());
      json.writeNumberField("keystrokes", survey.keystrokes());
      json.writeNumberField("clipboard", survey.clipboard());
      json.writeNumberField("skipped", damaged.count());
      json.writeEndObject();
      writeFrames(json);
      writeTexts(json, "keystrokes", ChunkKind.KEYSTROKES);
      writeTexts(json, "clipboard", ChunkKind.CLIPBOARD);
      writeSkipped(json);
      json.writeEndObject();
    }
  }

  private void writeFrames(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("frames");
    try (DamageLog.Reader skipped = damaged.read()) {
      DamagedChunk unused = nextFrame(skipped);
      for (Chunk chunk : source.chunks(ChunkKind.SCREENSHOT)) {
        if (unused != null && unused.sequence() == chunk.sequence()) {
          unused = nextFrame(skipped);
        } else {
          json.writeStartObject();
          writeMoment(json, chunk.sequence(), chunk.capturedAt());
          json.writeEndObject();
        }
      }
    }
    json.writeEndArray();
  }

  private static @Nullable DamagedChunk nextFrame(DamageLog.Reader skipped) throws IOException {
    DamagedChunk next = skipped.next();
    while (next != null && next.kind() != ChunkKind.SCREENSHOT) {
      next = skipped.next();
    }
    return next;
  }

  private void writeTexts(JsonGenerator json, String name, ChunkKind kind) throws IOException {
    json.writeArrayFieldStart(name);
    for (Chunk chunk : source.chunks(kind)) {
      json.writeStartObject();
      writeMoment(json, chunk.sequence(), chunk.capturedAt());
      if (chunk.content() instanceof Inline inline) {
        json.writeStringField("text", encodable(inline.text()));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeSkipped(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("skipped");
    try (DamageLog.Reader skipped = damaged.read()) {
      for (DamagedChunk chunk = skipped.next(); chunk != null; chunk = skipped.next()) {
        json.writeStartObject();
        json.writeNumberField("sequence", chunk.sequence());
        json.writeStringField("kind", chunk.kind().name());
        writeTime(json, chunk.capturedAt());
        json.writeStringField("reason", chunk.reason());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private void writeMoment(JsonGenerator json, long sequence, long at) throws IOException {
    json.writeNumberField("sequence", sequence);
    writeTime(json, at);
  }

  private void writeTime(JsonGenerator json, long at) throws IOException {
    json.writeNumberField("ms", at - origin);
    json.writeStringField("at", iso(at));
  }

  /** JSON refuses half a surrogate pair; the hash of the text counts it as a question mark. */
  private static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static String iso(long at) {
    return ISO.format(Instant.ofEpochMilli(at));
  }

  private static DefaultPrettyPrinter linePerEntry() {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(new DefaultIndenter("", "\n"));
    printer.indentObjectsWith(new DefaultPrettyPrinter.NopIndenter());
    return printer;
  }
}
