package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.RecordingRow;
import io.vertx.core.Future;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** Gives out what was captured and what was made of it. */
final class RecordingReads {
  private static final int MOST_PIECES = 100_000;
  private static final String BYTES = "application/octet-stream";

  private final RecordingSurroundings around;

  RecordingReads(RecordingSurroundings around) {
    this.around = around;
  }

  // Chunks

  Future<Content> chunk(UUID sessionId, long sequence) {
    return around
        .manifests
        .list(sessionId, sequence, 1)
        .map(
            rows ->
                rows.stream()
                    .filter(row -> row.sequence() == sequence)
                    .findFirst()
                    .map(this::content)
                    .orElseThrow(() -> CurfewException.notFound("The chunk")));
  }

  private Content content(ChunkRow row) {
    return new PiecedContent(
        around, contentType(row), HexFormat.of().formatHex(row.sha256()), List.of(piece(row)));
  }

  private static String contentType(ChunkRow row) {
    if (row.content() != null) {
      return "text/plain; charset=utf-8";
    }
    for (ImageFormat format : ImageFormat.values()) {
      if (format.extension().equals(row.extension())) {
        return format.contentType();
      }
    }
    return BYTES;
  }

  private PiecedContent.Piece piece(ChunkRow row) {
    Chunk chunk = ManifestRows.chunk(row);
    if (chunk.content() instanceof ChunkContent.Gone) {
      throw CurfewException.notFound("The chunk's content is kept no longer; it");
    }
    return new ChunkPiece(around.captured, row.sessionId(), chunk);
  }

  private record ChunkPiece(ChunkSource store, UUID sessionId, Chunk chunk)
      implements PiecedContent.Piece {
    @Override
    public long size() {
      return chunk.size();
    }

    @Override
    public InputStream open(long offset) throws IOException {
      if (chunk.content() instanceof ChunkContent.Inline inline) {
        InputStream in = new ByteArrayInputStream(inline.text().getBytes(StandardCharsets.UTF_8));
        in.skipNBytes(offset);
        return in;
      }
      return store.open(sessionId, chunk, offset, chunk.size() - offset);
    }
  }

  /** The raw pieces or, once those are gone, the artefact that was made of them. */
  Future<Content> raw(UUID sessionId) {
    return around
        .manifests
        .list(sessionId, ChunkKind.RAW, 0, MOST_PIECES)
        .compose(
            rows -> {
              if (rows.isEmpty()) {
                throw CurfewException.notFound("A raw recording");
              }
              if (rows.stream().anyMatch(row -> row.extension() == null)) {
                return artefact(sessionId, ArtefactKind.RAW);
              }
              return Future.succeededFuture(
                  new PiecedContent(around, BYTES, "", rows.stream().map(this::piece).toList()));
            });
  }

  // Artefacts

  Future<Content> artefact(UUID sessionId, ArtefactKind kind) {
    return around
        .recordings
        .find(sessionId)
        .compose(
            recording -> {
              recording.requireKept();
              ArtefactRow artefact =
                  recording.artefacts().stream()
                      .filter(row -> row.kind() == kind)
                      .findFirst()
                      .orElseThrow(
                          () ->
                              CurfewException.notFound(
                                  "The " + kind.wireName() + " of the recording"));
              return around.blocking(() -> whereItLies(recording, artefact));
            });
  }

  private Content whereItLies(RecordingRow recording, ArtefactRow artefact) throws IOException {
    RecordingCipher.Stored lies = around.place(recording, artefact);
    // Whether it can be had is better known before the first byte is sent than after.
    lies.open(0, 0).close();
    String key = artefact.stored().encryptionKey();
    PiecedContent.Piece piece;
    if (key == null) {
      piece = new PlainPiece(lies, artefact.size());
    } else {
      around.cipher.requireKey(key);
      piece = new EncryptedPiece(around.cipher, recording.sessionId(), artefact, key, lies);
    }
    return new PiecedContent(around, artefact.contentType(), artefact.sha256(), List.of(piece));
  }

  private record PlainPiece(RecordingCipher.Stored lies, long size) implements PiecedContent.Piece {
    @Override
    public InputStream open(long offset) throws IOException {
      return lies.open(offset, size - offset);
    }
  }

  private record EncryptedPiece(
      RecordingCipher cipher,
      UUID sessionId,
      ArtefactRow artefact,
      String key,
      RecordingCipher.Stored lies)
      implements PiecedContent.Piece {
    @Override
    public long size() {
      return artefact.size();
    }

    @Override
    public InputStream open(long offset) {
      return cipher.decrypt(
          key,
          ArtefactStage.associatedData(sessionId, artefact.kind()),
          artefact.stored().size(),
          lies,
          offset);
    }
  }
}
