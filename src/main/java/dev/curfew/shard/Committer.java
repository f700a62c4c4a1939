package dev.curfew.shard;

import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.store.Database;
import dev.curfew.store.SessionStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the batches of all shards of a node. A few statements are under way at once; batches that
 * arrive meanwhile share the next one. So a quiet node commits each decision at once, and a flood
 * of ends becomes a handful of large statements instead of one for each shard.
 */
final class Committer {
  private static final Logger LOG = LoggerFactory.getLogger(Committer.class);

  /** A statement takes no further batch once it has so many changes. */
  private static final int LARGEST = 2_000;

  /** A statement that takes longer has lost its answer: milliseconds. */
  private static final long PATIENCE = 10_000;

  private record Waiting(Batch batch, Promise<BatchResult> promise) {}

  private final SessionStore store;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private volatile CommitWatcher watcher = CommitWatcher.NOBODY;
  private int underWay;

  Committer(SessionStore store) {
    this.store = store;
  }

  void watch(CommitWatcher told) {
    watcher = told;
  }

  /**
   * Commits a batch.
   *
   * @return fails when there is no definite answer
   */
  Future<BatchResult> commit(Batch batch) {
    Promise<BatchResult> promise = Promise.promise();
    synchronized (this) {
      waiting.add(new Waiting(batch, promise));
    }
    sendNext();
    return promise.future();
  }

  private void sendNext() {
    List<Waiting> group = nextGroup();
    if (group == null) {
      return;
    }
    store
        .commit(group.stream().map(Waiting::batch).toList())
        .timeout(PATIENCE, TimeUnit.MILLISECONDS)
        .onFailure(
            failure ->
                LOG.warn(
                    "No answer to the commit of {} shards, sending it again: {}",
                    group.size(),
                    failure.getMessage()))
        .onComplete(
            done -> {
              synchronized (this) {
                underWay--;
              }
              sendNext();
              group.forEach(each -> tell(each.batch));
              for (int i = 0; i < group.size(); i++) {
                if (done.succeeded()) {
                  group.get(i).promise.tryComplete(done.result().get(i));
                } else {
                  group.get(i).promise.tryFail(done.cause());
                }
              }
            });
  }

  private void tell(Batch batch) {
    for (Batch.Change change : batch.changes()) {
      watcher.mayHaveChanged(change.after().kind(), change.after().userId());
    }
  }

  private synchronized @Nullable List<Waiting> nextGroup() {
    if (waiting.isEmpty() || underWay == Database.CONCURRENT_COMMITS) {
      return null;
    }
    List<Waiting> group = new ArrayList<>();
    Set<Integer> shards = new HashSet<>();
    int changes = 0;
    while (!waiting.isEmpty() && changes < LARGEST) {
      // A batch sent again may stand behind its first sending; a statement takes a shard once.
      if (!shards.add(waiting.peek().batch.shard())) {
        break;
      }
      Waiting next = waiting.remove();
      changes += next.batch.changes().size();
      group.add(next);
    }
    underWay++;
    return group;
  }
}
