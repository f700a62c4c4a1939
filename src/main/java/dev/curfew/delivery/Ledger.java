package dev.curfew.delivery;

import dev.curfew.store.LaneQueue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what came of attempts. While one statement is under way results gather for the next
 * one, so that the database is asked the less often for each the more there are. What could not be
 * written is tried again until it is, or until the lane belongs to somebody else.
 */
final class Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final int MOST_AT_ONCE = 500;
  private static final long RETRY_MILLIS = 500;

  /** As much of a reason as is kept. */
  private static final int LONGEST_REASON = 500;

  /** Who made an attempt, and is told when its result is written. */
  interface Author {
    UUID laneId();

    long fence();

    /** Results of this lane are in the database. */
    void written(List<Entry> entries);

    /** Nothing was written: the lane is no longer held. */
    void deposed();
  }

  /**
   * A result to be written.
   *
   * @param at when the attempt ended, in nanoseconds of this process
   */
  record Entry(
      Author author,
      UUID deliveryId,
      int number,
      int step,
      long at,
      LaneQueue.Outcome outcome,
      @Nullable Integer status,
      @Nullable String error,
      int millis,
      long waitMillis) {

    private LaneQueue.Result result(long now) {
      long ago = TimeUnit.NANOSECONDS.toMillis(now - at);
      return new LaneQueue.Result(
          author.laneId(),
          author.fence(),
          deliveryId,
          number,
          step,
          ago,
          outcome,
          status,
          error == null ? null : storable(error),
          millis,
          Math.max(0, waitMillis - ago));
    }

    /** What a target says may be anything; a text that cannot be stored must not hold up others. */
    private static String storable(String reason) {
      String text = reason.replace('\0', ' ');
      return text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) : text;
    }
  }

  private final Vertx vertx;
  private final LaneQueue queue;
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final List<Promise<Void>> drained = new ArrayList<>();
  private boolean writing;
  private boolean failing;

  Ledger(Vertx vertx, LaneQueue queue) {
    this.vertx = vertx;
    this.queue = queue;
  }

  void add(Entry entry) {
    waiting.add(entry);
    write();
  }

  /** Completes when everything that was added has been written. */
  Future<Void> drained() {
    if (!writing && waiting.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    drained.add(promise);
    return promise.future();
  }

  private void write() {
    if (writing) {
      return;
    }
    if (waiting.isEmpty()) {
      List.copyOf(drained).forEach(Promise::tryComplete);
      drained.clear();
      return;
    }
    List<Entry> entries = new ArrayList<>();
    while (entries.size() < MOST_AT_ONCE && !waiting.isEmpty()) {
      entries.add(waiting.remove());
    }
    long now = System.nanoTime();
    writing = true;
    queue
        .settle(entries.stream().map(entry -> entry.result(now)).toList())
        .onSuccess(held -> written(entries, held))
        .onFailure(failure -> failed(entries, failure));
  }

  private void written(List<Entry> entries, Set<UUID> held) {
    writing = false;
    failing = false;
    Map<Author, List<Entry>> byAuthor = new HashMap<>();
    entries.forEach(
        entry -> byAuthor.computeIfAbsent(entry.author(), none -> new ArrayList<>()).add(entry));
    byAuthor.forEach(
        (author, own) -> {
          if (held.contains(author.laneId())) {
            author.written(own);
          } else {
            author.deposed();
          }
        });
    write();
  }

  private void failed(List<Entry> entries, Throwable failure) {
    if (!failing) {
      failing = true;
      LOG.warn("Results of deliveries cannot be written, trying again: {}", failure.getMessage());
    }
    for (int i = entries.size() - 1; i >= 0; i--) {
      waiting.addFirst(entries.get(i));
    }
    vertx.setTimer(
        RETRY_MILLIS,
        fired -> {
          writing = false;
          write();
        });
  }
}
