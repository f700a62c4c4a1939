package dev.curfew.shard;

import dev.curfew.bus.Sessions;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.kernel.IdHash;
import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shard of a session. A command for a shard that is not serving yet waits for it, up to
 * the request timeout.
 */
final class ShardRouter implements Sessions {
  private final Vertx vertx;
  private final Duration requestTimeout;
  private final AtomicReferenceArray<@Nullable ShardVerticle> shards;
  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  private record Waiting(int shard, Command command, Promise<Outcome> promise) {}

  ShardRouter(Vertx vertx, int shardCount, Duration requestTimeout) {
    this.vertx = vertx;
    this.requestTimeout = requestTimeout;
    this.shards = new AtomicReferenceArray<>(shardCount);
  }

  int shardOf(UUID sessionId) {
    return IdHash.shard(sessionId, shards.length());
  }

  @Nullable ShardVerticle shard(int shard) {
    return shards.get(shard);
  }

  @Override
  public Future<Outcome> ask(Command command) {
    int shard = shardOf(command.sessionId());
    ShardVerticle verticle = shards.get(shard);
    return verticle == null ? await(shard, command) : verticle.ask(command);
  }

  private Future<Outcome> await(int shard, Command command) {
    Promise<Outcome> promise = Promise.promise();
    Waiting entry = new Waiting(shard, command, promise);
    waiting.add(entry);
    long timer =
        vertx.setTimer(
            requestTimeout.toMillis(),
            expired -> {
              if (waiting.remove(entry)) {
                promise.fail(
                    CurfewException.of(
                        ErrorCode.UNAVAILABLE, "No node serves the session's shard; try again"));
              }
            });
    // The shard may have begun to serve between the look and the entry.
    ShardVerticle verticle = shards.get(shard);
    if (verticle != null) {
      release(shard, verticle);
    }
    return promise.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  void serve(int shard, ShardVerticle verticle) {
    shards.set(shard, verticle);
    release(shard, verticle);
  }

  private void release(int shard, ShardVerticle verticle) {
    for (Waiting entry : waiting) {
      if (entry.shard == shard && waiting.remove(entry)) {
        verticle.ask(entry.command).onComplete(entry.promise);
      }
    }
  }

  void withdraw(int shard, ShardVerticle verticle) {
    shards.compareAndSet(shard, verticle, null);
  }
}
