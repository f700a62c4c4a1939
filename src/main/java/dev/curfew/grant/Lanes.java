package dev.curfew.grant;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Work in lanes by key: a few at a time in each, whatever goes on in the others. */
final class Lanes {
  private final int width;
  private final Map<String, Lane> lanes = new HashMap<>();

  private static final class Lane {
    final Deque<Runnable> waiting = new ArrayDeque<>();
    int underWay;
  }

  Lanes(int width) {
    this.width = width;
  }

  /** Runs the work when its lane has room for it. */
  <T> Future<T> run(String key, Supplier<Future<T>> work) {
    Promise<T> promise = Promise.promise();
    Runnable start =
        () ->
            begun(work)
                .onComplete(
                    done -> {
                      leave(key);
                      if (done.succeeded()) {
                        promise.complete(done.result());
                      } else {
                        promise.fail(done.cause());
                      }
                    });
    if (enter(key, start)) {
      start.run();
    }
    return promise.future();
  }

  private static <T> Future<T> begun(Supplier<Future<T>> work) {
    try {
      return work.get();
    } catch (RuntimeException failure) {
      return Future.failedFuture(failure);
    }
  }

  private synchronized boolean enter(String key, Runnable start) {
    Lane lane = lanes.computeIfAbsent(key, none -> new Lane());
    if (lane.underWay < width) {
      lane.underWay++;
      return true;
    }
    lane.waiting.add(start);
    return false;
  }

  private void leave(String key) {
    Runnable next = next(key);
    if (next != null) {
      next.run();
    }
  }

  private synchronized @Nullable Runnable next(String key) {
    Lane lane = lanes.get(key);
    if (lane == null) {
      return null;
    }
    Runnable next = lane.waiting.poll();
    if (next == null && --lane.underWay == 0) {
      lanes.remove(key);
    }
    return next;
  }
}
