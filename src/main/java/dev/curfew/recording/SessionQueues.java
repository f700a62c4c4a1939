package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does the work of one session one piece after the other, in the order of arrival, and that of
 * different sessions side by side.
 */
final class SessionQueues {
  /** What may wait of one session, in memory. */
  private static final int MOST_PIECES = 1_000;

  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private final Map<UUID, Queue> queues = new HashMap<>();

  private record Entry<T>(long bytes, Supplier<Future<T>> work, Promise<T> promise) {}

  private static final class Queue {
    final Deque<Entry<?>> entries = new ArrayDeque<>();
    long bytes;

    boolean hasRoomFor(long more) {
      return entries.isEmpty() || entries.size() < MOST_PIECES && bytes + more <= MOST_BYTES;
    }
  }

  /**
   * @param bytes what the work holds in memory
   * @return what the work returns, on the caller's context; fails with UNAVAILABLE when too much of
   *     this session waits
   */
  <T> Future<T> submit(UUID sessionId, long bytes, Supplier<Future<T>> work) {
    ContextInternal here = ContextInternal.current();
    Promise<T> promise = here == null ? Promise.promise() : here.promise();
    Entry<T> entry = new Entry<>(bytes, work, promise);
    boolean first;
    synchronized (this) {
      Queue queue = queues.computeIfAbsent(sessionId, id -> new Queue());
      if (!queue.hasRoomFor(bytes)) {
        return Future.failedFuture(
            CurfewException.of(
                ErrorCode.UNAVAILABLE, "The session sends faster than is stored; try again"));
      }
      first = queue.entries.isEmpty();
      queue.entries.add(entry);
      queue.bytes += bytes;
    }
    if (first) {
      run(sessionId, entry);
    }
    return promise.future();
  }

  private <T> void run(UUID sessionId, Entry<T> entry) {
    Future<T> result;
    try {
      result = entry.work.get();
    } catch (RuntimeException failure) {
      result = Future.failedFuture(failure);
    }
    result.onComplete(
        done -> {
          Entry<?> next = advance(sessionId);
          entry.promise.handle(done);
          if (next != null) {
            run(sessionId, next);
          }
        });
  }

  private synchronized @Nullable Entry<?> advance(UUID sessionId) {
    Queue queue = queues.get(sessionId);
    if (queue == null) {
      return null;
    }
    queue.bytes -= queue.entries.remove().bytes;
    if (queue.entries.isEmpty()) {
      queues.remove(sessionId);
    }
    return queue.entries.peek();
  }
}
