package dev.curfew.recording;

import dev.curfew.store.RecordingRow;
import dev.curfew.store.TextHits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of recordings in which something was found.
 *
 * @param next names the page after this one; null on the last
 */
public record FoundRecordings(List<Found> items, @Nullable String next) {
  public FoundRecordings {
    items = List.copyOf(items);
  }

  /** One of them, and where. */
  public record Found(RecordingRow recording, TextHits hits) {}
}
