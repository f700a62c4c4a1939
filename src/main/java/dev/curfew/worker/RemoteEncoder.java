package dev.curfew.worker;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.Encoder;
import dev.curfew.recording.Encoding;
import dev.curfew.recording.ImageLimits;
import dev.curfew.recording.UntilAnswered;
import dev.curfew.recording.WorkLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes the recordings of a node elsewhere, several at a time if wanted. It claims from the
 * moment it is deployed; undeployed it gives back what it works on.
 */
public final class RemoteEncoder extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteEncoder.class);

  private static final String SETTINGS = "/api/services/v1/secureaccessgateway/GetPAMSettings";
  private static final long MEGA = 1_000_000;

  /** An encoding may well take hours; it is no blocked thread. */
  private static final int LONGEST_HOURS = 24;

  /** Of one recording: its claim, its lease, what it reads or delivers, and one to spare. */
  private static final int CONNECTIONS_EACH = 4;

  /**
   * How it works.
   *
   * @param instance its name where it claims
   * @param parallel how many recordings at a time, from 1
   * @param once whether to end when no recording is ready
   */
  public record Options(NodeAddress node, String instance, int parallel, boolean once) {}

  private final Options options;
  private final WorkDirectory directory;
  private final List<WorkLoop> loops = new ArrayList<>();
  private final Promise<Void> ended = Promise.promise();
  private @Nullable NodeLink link;
  private boolean stopping;

  /**
   * @param directory for scratch files and the media library; whoever gives it closes it
   */
  public RemoteEncoder(Options options, WorkDirectory directory) {
    this.options = options;
    this.directory = directory;
  }

  /**
   * Completes when nothing is worked on any more, because there is nothing to do or because it was
   * told to end. Fails with {@link CurfewException} UNAUTHENTICATED or FORBIDDEN when the node does
   * not let the encoder in, with UNAVAILABLE when it works only once and the node does not answer.
   */
  public Future<Void> ended() {
    return ended.future();
  }

  /** Asks the node for its settings until it answers, and begins to claim. */
  @Override
  public Future<?> start() {
    NodeLink node = new NodeLink(vertx, options.node(), CONNECTIONS_EACH * options.parallel());
    link = node;
    WorkerExecutor threads =
        vertx.createSharedWorkerExecutor(
            "curfew-encoder", options.parallel(), LONGEST_HOURS, TimeUnit.HOURS);
    new UntilAnswered(vertx, () -> stopping || options.once())
        .ask(() -> node.get(SETTINGS))
        .recover(RemoteEncoder::explained)
        .compose(
            settings ->
                threads
                    .executeBlocking(
                        () -> new Encoder(directory.nativeLibraries(), limits(settings)))
                    .compose(encoder -> work(node, encoder, threads, kinds(settings))))
        .onSuccess(ended::tryComplete)
        .onFailure(ended::tryFail);
    return Future.succeededFuture();
  }

  private static Future<JsonObject> explained(Throwable failure) {
    return Future.failedFuture(
        failure instanceof CurfewException known && known.code() == ErrorCode.NOT_FOUND
            ? CurfewException.of(
                ErrorCode.BAD_CONFIGURATION, "There is no Curfew node: " + known.getMessage())
            : failure);
  }

  private static ImageLimits limits(JsonObject settings) {
    Long bytes = settings.getLong("PSMScreenshotMaxBytes");
    Long megapixels = settings.getLong("PSMScreenshotMaxMegapixels");
    return bytes == null || megapixels == null
        ? ImageLimits.DEFAULT
        : new ImageLimits(bytes, megapixels * MEGA);
  }

  private static Set<ChunkKind> kinds(JsonObject settings) {
    EnumSet<ChunkKind> kinds = EnumSet.allOf(ChunkKind.class);
    if (!settings.getBoolean("PSMEncodingEnabled", true)) {
      kinds.remove(ChunkKind.SCREENSHOT);
    }
    return kinds;
  }

  private Future<Void> work(
      NodeLink node, Encoder encoder, WorkerExecutor threads, Set<ChunkKind> kinds) {
    if (stopping) {
      return Future.succeededFuture();
    }
    LOG.info("{} encodes for {}", options.instance(), options.node());
    List<Future<Void>> ends = new ArrayList<>();
    for (int i = 0; i < options.parallel(); i++) {
      RemoteSite site = new RemoteSite(vertx, node, options.instance(), kinds);
      WorkLoop loop =
          new WorkLoop(
              vertx,
              site,
              new Encoding(vertx, site, encoder, threads, directory.scratch()),
              options.once() ? WorkLoop.Manner.ONCE : WorkLoop.Manner.STEADY);
      loops.add(loop);
      ends.add(loop.start().compose(begun -> loop.ended()));
    }
    return Future.join(ends).mapEmpty();
  }

  /** Claims nothing more; completes when what it works on is done. */
  public Future<Void> finish() {
    return each(WorkLoop::finish);
  }

  @Override
  public Future<?> stop() {
    NodeLink node = link;
    return each(WorkLoop::stop)
        .eventually(() -> node == null ? Future.succeededFuture() : node.close());
  }

  private Future<Void> each(Function<WorkLoop, Future<Void>> how) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        now -> {
          stopping = true;
          if (loops.isEmpty()) {
            ended.tryComplete();
          }
          Future.join(loops.stream().map(how).toList()).<Void>mapEmpty().onComplete(done);
        });
    return done.future();
  }
}
