package dev.curfew.recording;

import dev.curfew.recording.FoundRecordings.Found;
import dev.curfew.session.Initiator;
import dev.curfew.store.RecordingFilter;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.RecordingStore;
import dev.curfew.store.TextHits;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds recordings by what was typed and copied in them. */
final class RecordingSearch {
  /** Lines shown of one recording; all are counted. */
  private static final int MOST_LINES = 20;

  private final RecordingSurroundings around;

  RecordingSearch(RecordingSurroundings around) {
    this.around = around;
  }

  Future<FoundRecordings> search(
      String text,
      RecordingFilter filter,
      @Nullable String after,
      int limit,
      int realmId,
      Initiator by) {
    String words = TextQuery.words(text);
    UUID last = after == null ? null : RecordingStore.sessionAfter(after);
    return around
        .texts
        .requireSwitchedOn(realmId)
        .compose(on -> around.texts.search(words, filter, last, limit + 1, MOST_LINES))
        .compose(
            found -> {
              List<TextHits> shown = found.subList(0, Math.min(limit, found.size()));
              List<UUID> sessions = shown.stream().map(TextHits::sessionId).toList();
              String next = found.size() > limit ? sessions.get(limit - 1).toString() : null;
              return around
                  .texts
                  .noteSearch(realmId, text, sessions, by)
                  .onSuccess(noted -> around.committed())
                  .compose(noted -> around.recordings.findAll(sessions))
                  .map(recordings -> new FoundRecordings(together(shown, recordings), next));
            });
  }

  private static List<Found> together(List<TextHits> hits, List<RecordingRow> recordings) {
    Map<UUID, RecordingRow> byId =
        recordings.stream().collect(Collectors.toMap(RecordingRow::sessionId, Function.identity()));
    List<Found> found = new ArrayList<>(hits.size());
    for (TextHits hit : hits) {
      RecordingRow recording = byId.get(hit.sessionId());
      if (recording != null) {
        found.add(new Found(recording, hit));
      }
    }
    return found;
  }
}
