package dev.curfew.recording;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.StoredForm;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The file {@code manifest.json} beside a delivered recording: what belongs to it, with sizes and
 * checksums, so that a folder can be checked without Curfew. It is never encrypted. Of encrypted
 * files {@code size} and {@code sha256} are those of the plain content; {@code storedSize}, {@code
 * storedSha256} and {@code keyId} are said beside them.
 *
 * @param startedAt of the session, in milliseconds since the epoch
 */
public record DeliveryManifest(UUID sessionId, long startedAt, List<Entry> artefacts) {
  static final String FILE_NAME = "manifest.json";

  private static final JsonFactory JSON = new JsonFactory();

  public DeliveryManifest {
    artefacts = List.copyOf(artefacts);
  }

  /**
   * What is said of one file.
   *
   * @param size of the plain content in bytes
   * @param sha256 of the plain content, in lower-case hex
   */
  public record Entry(
      ArtefactKind kind, String contentType, long size, String sha256, StoredForm stored) {

    static Entry of(ArtefactRow row) {
      return new Entry(row.kind(), row.contentType(), row.size(), row.sha256(), row.stored());
    }
  }

  byte[] toJson() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeStringField("sessionId", sessionId.toString());
      json.writeStringField("startedAt", Instant.ofEpochMilli(startedAt).toString());
      json.writeArrayFieldStart("artefacts");
      for (Entry artefact : artefacts) {
        write(artefact, json);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /** What a file says; empty when it is not such a file. */
  static Optional<DeliveryManifest> parse(byte[] bytes) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(bytes));
      List<Entry> entries = new ArrayList<>();
      for (Object entry : json.getJsonArray("artefacts")) {
        entries.add(entry((JsonObject) entry));
      }
      return Optional.of(
          new DeliveryManifest(
              UUID.fromString(json.getString("sessionId")),
              Instant.parse(json.getString("startedAt")).toEpochMilli(),
              entries));
    } catch (RuntimeException notWhatWasWritten) {
      return Optional.empty();
    }
  }

  private static Entry entry(JsonObject json) {
    long size = json.getLong("size");
    String sha256 = json.getString("sha256");
    String key = json.getString("keyId");
    return new Entry(
        ArtefactKind.ofWireName(json.getString("kind")).orElseThrow(IllegalArgumentException::new),
        json.getString("contentType"),
        size,
        sha256,
        key == null
            ? StoredForm.plain(size, sha256)
            : new StoredForm(key, json.getLong("storedSize"), json.getString("storedSha256")));
  }

  private static void write(Entry artefact, JsonGenerator json) throws IOException {
    StoredForm stored = artefact.stored();
    json.writeStartObject();
    json.writeStringField("kind", artefact.kind().wireName());
    json.writeStringField("file", artefact.kind().fileName());
    json.writeStringField("contentType", artefact.contentType());
    json.writeNumberField("size", artefact.size());
    json.writeStringField("sha256", artefact.sha256());
    if (stored.encryptionKey() != null) {
      json.writeNumberField("storedSize", stored.size());
      json.writeStringField("storedSha256", stored.sha256());
      json.writeStringField("keyId", stored.encryptionKey());
    }
    json.writeEndObject();
  }
}
