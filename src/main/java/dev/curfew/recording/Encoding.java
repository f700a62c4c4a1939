package dev.curfew.recording;

import dev.curfew.lease.Claim;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The work of an encoder, wherever it runs: makes the artefacts of a claim and delivers them. */
public final class Encoding implements WorkLoop.Task {
  private static final Logger LOG = LoggerFactory.getLogger(Encoding.class);

  private final Vertx vertx;
  private final EncodingSite site;
  private final Encoder encoder;
  private final WorkerExecutor thread;
  private final WorkFiles files;

  /**
   * @param thread for encoding, which may well take hours
   * @param directory scratch space, created when missing
   */
  public Encoding(
      Vertx vertx, EncodingSite site, Encoder encoder, WorkerExecutor thread, Path directory) {
    this.vertx = vertx;
    this.site = site;
    this.encoder = encoder;
    this.thread = thread;
    this.files = new WorkFiles(directory);
  }

  @Override
  public Future<StageDetails> perform(
      Claim claim, DoubleConsumer progress, BooleanSupplier cancelled) {
    UntilAnswered untilAnswered = UntilAnswered.unlessStopped(vertx, cancelled);
    Path place = files.place(claim.sessionId(), claim.claimToken());
    return untilAnswered
        .ask(() -> site.source(claim, cancelled))
        .compose(
            source ->
                thread.executeBlocking(
                    RecordingSurroundings.callable(
                        () -> encoder.encode(source, place, progress, cancelled)),
                    false))
        .compose(encoded -> deliver(claim, encoded, untilAnswered, cancelled))
        .eventually(() -> clear(place));
  }

  private Future<StageDetails> deliver(
      Claim claim,
      EncodedRecording encoded,
      UntilAnswered untilAnswered,
      BooleanSupplier cancelled) {
    for (DamagedChunk damaged : encoded.damaged()) {
      LOG.warn(
          "Chunk {} of session {} {}", damaged.sequence(), claim.sessionId(), damaged.reason());
    }
    if (encoded.skipped() > encoded.damaged().size()) {
      LOG.warn(
          "{} chunks of session {} could not be used in all; its timeline lists them",
          encoded.skipped(),
          claim.sessionId());
    }
    Future<Void> delivered = Future.succeededFuture();
    for (Artefact artefact : encoded.artefacts()) {
      delivered =
          delivered.compose(
              before -> untilAnswered.ask(() -> site.deliver(claim, artefact, cancelled)));
    }
    String format = encoded.frames() == 0 ? null : "mp4";
    return delivered.map(all -> StageDetails.encoded(format, encoded.skipped()));
  }

  private Future<Boolean> clear(Path place) {
    return thread.executeBlocking(
        () -> {
          files.delete(place);
          return true;
        },
        false);
  }

  @Override
  public Future<Void> reported(Claim claim) {
    return Future.succeededFuture();
  }
}
