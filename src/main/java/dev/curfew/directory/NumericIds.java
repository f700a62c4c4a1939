package dev.curfew.directory;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Numeric ids of sessions, taken from the database a block at a time and handed out from memory.
 * What is left of a block when the node stops is never used. Safe for use by any number of threads;
 * the answer arrives on the asker's context.
 */
final class NumericIds {
  private static final int BLOCK = 100;

  private final IntFunction<Future<List<Long>>> source;
  private final Deque<Long> free = new ArrayDeque<>();
  private final Deque<Promise<Long>> waiting = new ArrayDeque<>();
  private boolean fetching;

  /**
   * @param source gives so many ids that no one else gets
   */
  NumericIds(IntFunction<Future<List<Long>>> source) {
    this.source = source;
  }

  Future<Long> next() {
    ContextInternal context = ContextInternal.current();
    Promise<Long> promise;
    synchronized (this) {
      Long id = free.poll();
      if (id != null) {
        return Future.succeededFuture(id);
      }
      promise = context == null ? Promise.promise() : context.promise();
      waiting.add(promise);
      if (fetching) {
        return promise.future();
      }
      fetching = true;
    }
    fetch();
    return promise.future();
  }

  private void fetch() {
    source
        .apply(BLOCK)
        .onSuccess(
            block -> {
              boolean more;
              Deque<Runnable> answers = new ArrayDeque<>();
              synchronized (this) {
                free.addAll(block);
                while (!waiting.isEmpty() && !free.isEmpty()) {
                  Promise<Long> promise = waiting.remove();
                  long id = free.remove();
                  answers.add(() -> promise.complete(id));
                }
                more = !waiting.isEmpty();
                fetching = more;
              }
              answers.forEach(Runnable::run);
              if (more) {
                fetch();
              }
            })
        .onFailure(
            failure -> {
              List<Promise<Long>> unanswered;
              synchronized (this) {
                unanswered = List.copyOf(waiting);
                waiting.clear();
                fetching = false;
              }
              unanswered.forEach(promise -> promise.fail(failure));
            });
  }
}
