package dev.curfew;

import dev.curfew.cluster.Contacts;
import dev.curfew.cluster.HazelcastCluster;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node runs on, and the way to its fellows.
 *
 * @param self what this life of the node is known by
 * @param contacts none where the node has no fellows
 */
record NodeNetwork(UUID self, Vertx vertx, @Nullable Contacts contacts) {
  /**
   * One for each processor, half of Vert.x's own number: nothing blocks them, and a call finds its
   * session's shard on its own loop the more often the fewer there are.
   */
  static final int EVENT_LOOPS = Math.max(2, Runtime.getRuntime().availableProcessors());

  /** In touch with its fellows, if it is to have any. */
  static Future<NodeNetwork> open(CurfewConfig.Cluster settings) {
    UUID self = UUID.randomUUID();
    VertxOptions options =
        new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(EVENT_LOOPS);
    return settings.enabled()
        ? HazelcastCluster.start(self, settings, options)
            .map(cluster -> new NodeNetwork(self, cluster.vertx(), cluster))
        : Future.succeededFuture(
            new NodeNetwork(self, Vertx.builder().with(options).build(), null));
  }
}
