package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ChunkKind;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.ManifestStore.NewChunk;
import dev.curfew.store.ManifestStore.Plan;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes what gateways capture. A chunk is planned, so that what is refused, repeated or too late is
 * never stored; its bytes are kept; then it is listed as planned. If another chunk took its place
 * meanwhile, all is done once more.
 */
final class CaptureIntake {
  private static final int TRIES = 8;
  private static final String RAW_EXTENSION = "bin";

  private final RecordingSurroundings around;
  private final ImageInspector inspector;
  private final SessionQueues queues = new SessionQueues();

  CaptureIntake(RecordingSurroundings around) {
    this.around = around;
    this.inspector = new ImageInspector(around.options.images());
  }

  Future<Capture> text(UUID sessionId, ChunkKind kind, String text, @Nullable Long capturedAt) {
    boolean kept =
        switch (kind) {
          case KEYSTROKES -> around.options.recordKeystrokes();
          case CLIPBOARD -> around.options.captureClipboard();
          case SCREENSHOT, RAW -> throw new IllegalArgumentException(kind + " is not text");
        };
    if (!kept) {
      return Future.succeededFuture(Capture.SWITCHED_OFF);
    }
    if (text.indexOf('\0') >= 0) {
      return Future.failedFuture(
          CurfewException.of(
              ErrorCode.UNPROCESSABLE, "text", "text must not contain the NUL character"));
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    NewChunk chunk =
        new NewChunk(
            sessionId, kind, capturedAt, bytes.length, Sha256.of(bytes).bytes(), text, null, null);
    return queues.submit(sessionId, bytes.length, () -> take(chunk, null, TRIES));
  }

  Future<Capture> screenshot(UUID sessionId, Buffer image, @Nullable Long capturedAt) {
    byte[] bytes = image.getBytes();
    return queues.submit(
        sessionId,
        bytes.length,
        () ->
            around
                .blocking(
                    () -> {
                      InspectedImage inspected = inspector.inspect(bytes);
                      return new NewChunk(
                          sessionId,
                          ChunkKind.SCREENSHOT,
                          capturedAt,
                          bytes.length,
                          Sha256.of(bytes).bytes(),
                          null,
                          inspected.format().extension(),
                          around.chunks.encryptionKey(),
                          null);
                    })
                .compose(chunk -> take(chunk, bytes, TRIES)));
  }

  Future<Capture> raw(
      UUID sessionId, Buffer piece, @Nullable Long offset, @Nullable Long capturedAt) {
    if (piece.length() == 0) {
      return Future.failedFuture(CurfewException.invalid("recording", "must not be empty"));
    }
    if (piece.length() > around.options.largestRawPiece()) {
      return Future.failedFuture(
          CurfewException.of(
              ErrorCode.TOO_LARGE,
              "recording",
              "recording is larger than " + around.options.largestRawPiece() + " bytes"));
    }
    byte[] bytes = piece.getBytes();
    return queues.submit(
        sessionId,
        bytes.length,
        () ->
            around
                .blocking(() -> Sha256.of(bytes))
                .compose(
                    sha256 ->
                        take(
                            new NewChunk(
                                sessionId,
                                ChunkKind.RAW,
                                capturedAt,
                                bytes.length,
                                sha256.bytes(),
                                null,
                                RAW_EXTENSION,
                                around.chunks.encryptionKey(),
                                offset),
                            bytes,
                            TRIES)));
  }

  private Future<Capture> take(NewChunk chunk, byte @Nullable [] object, int triesLeft) {
    return around
        .manifests
        .plan(chunk)
        .compose(
            plan -> {
              if (plan instanceof Plan.Next next) {
                return keep(next, object)
                    .compose(holder -> list(next, holder))
                    .compose(
                        listed ->
                            listed
                                ? Future.succeededFuture(
                                    new Capture(
                                        Capture.Outcome.STORED,
                                        next.line().sequence(),
                                        next.rawBytes()))
                                : again(chunk, object, triesLeft));
              }
              return Future.succeededFuture(
                  plan instanceof Plan.Repeated repeated
                      ? new Capture(
                          Capture.Outcome.REPEATED, repeated.sequence(), repeated.rawBytes())
                      : Capture.TERMINATED);
            });
  }

  private Future<Capture> again(NewChunk chunk, byte @Nullable [] object, int triesLeft) {
    return triesLeft == 0
        ? Future.failedFuture(
            CurfewException.of(
                ErrorCode.UNAVAILABLE, "The recording is written to by others; try again"))
        : take(chunk, object, triesLeft - 1);
  }

  private Future<@Nullable String> keep(Plan.Next next, byte @Nullable [] object) {
    if (object == null) {
      return Future.succeededFuture();
    }
    ChunkRow line = next.line();
    ChunkKey key =
        new ChunkKey(
            line.sessionId(),
            line.sequence(),
            Sha256.fromBytes(line.sha256()),
            String.valueOf(line.extension()),
            line.encryptionKey());
    return around.captured.keep(key, object);
  }

  private Future<Boolean> list(Plan.Next next, @Nullable String holder) {
    ChunkRow line = next.line();
    Sha256 previous =
        next.previous().length == 0
            ? ChunkManifest.genesis(line.sessionId())
            : Sha256.fromBytes(next.previous());
    Sha256 link =
        ChunkManifest.link(
            previous,
            line.sequence(),
            line.kind(),
            line.capturedAt(),
            line.size(),
            Sha256.fromBytes(line.sha256()));
    return around.manifests.append(next, link.bytes(), holder);
  }
}
