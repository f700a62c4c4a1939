package dev.curfew.recording;

import dev.curfew.store.ChunkRow;
import dev.curfew.store.ManifestStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The manifest as the database has it, as the chunks that encoding and verification know. */
final class ManifestRows {
  private static final int PAGE = 1_000;

  private ManifestRows() {}

  static Chunk chunk(ChunkRow row) {
    return new Chunk(
        row.sequence(),
        row.kind(),
        row.capturedAt(),
        row.size(),
        Sha256.fromBytes(row.sha256()),
        Sha256.fromBytes(row.chain()),
        content(row));
  }

  private static ChunkContent content(ChunkRow row) {
    String text = row.content();
    String extension = row.extension();
    if (text != null) {
      return new ChunkContent.Inline(text);
    }
    return extension == null
        ? new ChunkContent.Gone()
        : new ChunkContent.Stored(extension, row.encryptionKey(), row.spooledOn());
  }

  /** All of a recording's chunks by sequence. */
  static Future<List<Chunk>> all(ManifestStore manifests, UUID sessionId) {
    return page(manifests, sessionId, 0, new ArrayList<>());
  }

  private static Future<List<Chunk>> page(
      ManifestStore manifests, UUID sessionId, long from, List<Chunk> sofar) {
    return manifests
        .list(sessionId, from, PAGE)
        .compose(
            rows -> {
              rows.forEach(row -> sofar.add(chunk(row)));
              return rows.size() < PAGE
                  ? Future.succeededFuture(sofar)
                  : page(manifests, sessionId, rows.get(PAGE - 1).sequence() + 1, sofar);
            });
  }
}
