package dev.curfew.recording;

import dev.curfew.store.ChunkRow;

/** The manifest as the database has it, as the chunks that encoding and verification know. */
final class ManifestRows {
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
}
