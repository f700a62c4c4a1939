package dev.curfew.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of recordings.
 *
 * @param next names the page after this one; null on the last
 */
public record RecordingPage(List<RecordingRow> items, @Nullable String next) {
  public RecordingPage {
    items = List.copyOf(items);
  }
}
