package dev.curfew.recording;

import dev.curfew.bus.Claims;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The encoder of a node, one recording at a time. */
public final class EncoderWorker extends VerticleBase {
  /** An encoding may well take hours; it is no blocked thread. */
  private static final int LONGEST_HOURS = 24;

  private final RecordingSurroundings around;
  private final Claims claims;
  private final String node;
  private final Path nativeCache;
  private @Nullable WorkLoop loop;

  /**
   * @param node the node's name, unique in the cluster
   * @param nativeCache where the media library is unpacked
   */
  public EncoderWorker(RecordingSurroundings around, Claims claims, String node, Path nativeCache) {
    this.around = around;
    this.claims = claims;
    this.node = node;
    this.nativeCache = nativeCache;
  }

  @Override
  public Future<?> start() {
    WorkerExecutor thread =
        vertx.createSharedWorkerExecutor("curfew-encoder", 1, LONGEST_HOURS, TimeUnit.HOURS);
    return thread
        .executeBlocking(() -> new Encoder(nativeCache, around.options.images()))
        .compose(
            encoder -> {
              EncodingSite site = new NodeEncodingSite(around, claims, node);
              loop =
                  new WorkLoop(
                      vertx,
                      site,
                      new Encoding(vertx, site, encoder, thread, around.options.workDirectory()),
                      around.manner());
              return loop.start();
            });
  }

  @Override
  public Future<?> stop() {
    return loop == null ? Future.succeededFuture() : loop.stop();
  }
}
