package dev.curfew.recording;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.lease.ChunkKind;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.ManifestStore;
import dev.curfew.store.RecordingTextStore;
import dev.curfew.store.TextLine;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the text of ended recordings in, so that it can be searched, and forgets what a realm no
 * longer wants searched. Several nodes may do so at once: the lines of a recording are the same
 * whoever makes them. What fails is tried again at the next round.
 */
public final class TextIndexer extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(TextIndexer.class);

  private static final long ROUND_MILLIS = 15_000;
  private static final int MOST_RECORDINGS = 50;
  private static final int PAGE = 1_000;
  private static final int MOST_FORGOTTEN = 20_000;

  private final RecordingTextStore texts;
  private final ManifestStore manifests;
  private final Bus bus;
  private Future<Void> round = Future.succeededFuture();
  private boolean wanted;

  public TextIndexer(RecordingTextStore texts, ManifestStore manifests, Bus bus) {
    this.texts = texts;
    this.manifests = manifests;
    this.bus = bus;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(0, ROUND_MILLIS, timer -> look());
    return bus.subscribe(Routes.RECORDING_READY, ready -> look());
  }

  @Override
  public Future<?> stop() {
    return round;
  }

  /** Begins a round; while one is under way, another follows it. */
  private void look() {
    if (!round.isComplete()) {
      wanted = true;
      return;
    }
    wanted = false;
    round =
        texts
            .forgetUnwanted(MOST_FORGOTTEN)
            .compose(
                forgotten -> {
                  wanted |= forgotten == MOST_FORGOTTEN;
                  return texts.waiting(MOST_RECORDINGS);
                })
            .compose(this::takeIn)
            .recover(
                failure -> {
                  LOG.debug("Text waits to be taken in: {}", failure.getMessage());
                  wanted = false;
                  return Future.succeededFuture();
                });
    round.onComplete(
        done -> {
          if (wanted) {
            look();
          }
        });
  }

  private Future<Void> takeIn(List<UUID> recordings) {
    wanted |= recordings.size() == MOST_RECORDINGS;
    Future<Void> taken = Future.succeededFuture();
    for (UUID recording : recordings) {
      taken =
          taken.compose(
              before ->
                  texts
                      .origin(recording)
                      .compose(origin -> new Reading(recording, origin).all())
                      .compose(all -> texts.complete(recording)));
    }
    return taken;
  }

  /** One recording, page by page. */
  private final class Reading {
    private final UUID recording;
    private final List<TextLine> lines = new ArrayList<>();
    private final TypedText text;
    private int added;

    Reading(UUID recording, long origin) {
      this.recording = recording;
      this.text = new TypedText(origin, lines::add);
    }

    Future<Void> all() {
      return pages(ChunkKind.KEYSTROKES, 0)
          .compose(
              typed -> {
                text.finish();
                return pages(ChunkKind.CLIPBOARD, 0);
              });
    }

    private Future<Void> pages(ChunkKind kind, long from) {
      return manifests
          .list(recording, kind, from, PAGE)
          .compose(
              rows -> {
                // Late arrivals are at most a minute late, so nearly always on the same page.
                rows.stream()
                    .sorted(Comparator.comparingLong(ChunkRow::capturedAt))
                    .forEach(this::take);
                return store()
                    .compose(
                        stored ->
                            rows.size() < PAGE
                                ? Future.succeededFuture()
                                : pages(kind, rows.get(PAGE - 1).sequence() + 1));
              });
    }

    private void take(ChunkRow row) {
      String content = row.content();
      if (content == null) {
        return; // cleared since
      }
      if (row.kind() == ChunkKind.KEYSTROKES) {
        text.keystrokes(row.capturedAt(), content);
      } else {
        text.clipboard(row.capturedAt(), content);
      }
    }

    private Future<Void> store() {
      if (lines.isEmpty()) {
        return Future.succeededFuture();
      }
      List<TextLine> page = List.copyOf(lines);
      lines.clear();
      int after = added;
      added += page.size();
      return texts.add(recording, after, page);
    }
  }
}
