package dev.curfew.recording.storage;

import dev.curfew.recording.storage.Destination.Place;
import dev.curfew.recording.storage.Destination.Stored;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * The text of {@link Destination#MANIFEST}: JSON, the same for the same files in whatever order
 * they come, so that a repeated seal is the same seal. Names and digests hold no character that
 * JSON escapes.
 */
final class SealText {
  private SealText() {}

  static byte[] of(Place place, List<Stored> files) {
    StringBuilder json = new StringBuilder();
    json.append("{\n  \"version\": 1,\n");
    json.append("  \"session\": \"").append(place.session()).append("\",\n");
    json.append("  \"date\": \"").append(place.date()).append("\",\n");
    json.append("  \"files\": [");
    String separator = "\n";
    for (Stored file : files.stream().sorted(Comparator.comparing(Stored::name)).toList()) {
      json.append(separator).append("    {\"name\": \"").append(file.name());
      json.append("\", \"size\": ").append(file.size());
      json.append(", \"sha256\": \"").append(file.sha256()).append("\"}");
      separator = ",\n";
    }
    return json.append("\n  ]\n}\n").toString().getBytes(StandardCharsets.UTF_8);
  }
}
