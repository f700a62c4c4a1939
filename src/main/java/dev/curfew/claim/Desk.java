package dev.curfew.claim;

import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import dev.curfew.store.ClaimStore.Grant;
import dev.curfew.store.ClaimStore.Granted;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests for one kind of work, served together. Two statements are under way at most: while
 * one is being committed, the other gathers those who asked meanwhile. Lives on the coordinator's
 * event loop.
 *
 * <p>The statement begins at a watermark: somewhat before the ready time of the last recording that
 * was claimed here. What was claimed before has left dead entries in the index that a scan from its
 * beginning would have to walk past each time, more and more of them while an old snapshot is held
 * somewhere. What becomes visible only long after its ready time is found by a scan of all, done
 * once a sweep.
 */
final class Desk {
  private static final Logger LOG = LoggerFactory.getLogger(Desk.class);

  /** Most rows a statement claims. */
  private static final int LARGEST = 500;

  private static final int MOST_UNDER_WAY = 2;

  /** Fewer than these are better served together with those who ask next. */
  private static final int WORTH_A_SECOND = 16;

  private final Work work;
  private final ClaimStore store;
  private final Bus bus;
  private final WayBack wayBack;
  private final ClaimCoordinator.Options options;
  private final Vertx vertx;
  private final Context home;
  private final Set<Request> waiting = new LinkedHashSet<>();
  private int underWay;
  private boolean servingSoon;
  private long wakings;
  private long watermark;
  private boolean scanAll = true;
  private final Promise<Void> idle = Promise.promise();
  private boolean closed;

  /** How often claims that nobody wants any more are on their way back. */
  private int goingBack;

  Desk(Work work, ClaimStore store, Bus bus, ClaimCoordinator.Options options, Vertx vertx) {
    this.work = work;
    this.store = store;
    this.bus = bus;
    this.wayBack = new WayBack(store, bus);
    this.options = options;
    this.vertx = vertx;
    this.home = vertx.getOrCreateContext();
  }

  void submit(Request request) {
    if (closed || request.gone) {
      request.answer();
      return;
    }
    waiting.add(request);
    if (!request.due) {
      long timer = vertx.setTimer(request.wait.toMillis(), over -> waitIsOver(request));
      request.future().onComplete(done -> vertx.cancelTimer(timer));
    }
    serveSoon();
  }

  /** After all who are asking at this moment. */
  private void serveSoon() {
    if (!servingSoon) {
      servingSoon = true;
      home.runOnContext(
          none -> {
            servingSoon = false;
            serve();
          });
    }
  }

  private void waitIsOver(Request request) {
    request.due = true;
    // A statement under way may yet bring it something.
    if (!request.underWay && waiting.remove(request)) {
      request.answer();
    }
  }

  /** Whoever asked has gone. */
  void withdraw(Request request) {
    request.gone = true;
    waiting.remove(request);
    giveBack(request.granted);
    request.granted.clear();
    request.answer();
  }

  /** Looks at all that is ready, if anyone waits. */
  void sweep() {
    scanAll = true;
    wake();
  }

  /** Something may be ready that no statement has seen yet. */
  void wake() {
    wakings++;
    waiting.forEach(request -> request.tried = false);
    serve();
  }

  /** Serves who waits, now or when a statement under way has been answered. */
  private void serve() {
    if (underWay == MOST_UNDER_WAY) {
      return;
    }
    List<Request> slots = slots();
    if (slots.size() < (underWay == 0 ? 1 : WORTH_A_SECOND)) {
      return;
    }
    underWay++;
    slots.forEach(request -> request.underWay = true);
    long since = scanAll ? 0 : watermark;
    long wakingsBefore = wakings;
    scanAll = false;
    store
        .claim(work, slots.stream().map(slot -> slot.instance).toList(), options.lease(), since)
        .onComplete(result -> home.runOnContext(none -> answered(slots, wakingsBefore, result)));
  }

  /** One slot for each recording asked for; everybody's first before anybody's second. */
  private List<Request> slots() {
    List<Request> slots = new ArrayList<>();
    for (int round = 0; slots.size() < LARGEST; round++) {
      int before = slots.size();
      for (Request request : waiting) {
        if (!request.underWay && request.most > round && slots.size() < LARGEST) {
          slots.add(request);
        }
      }
      if (slots.size() == before) {
        break;
      }
    }
    return slots;
  }

  private void answered(List<Request> slots, long wakingsBefore, AsyncResult<Grant> result) {
    underWay--;
    if (result.succeeded()) {
      handOut(slots, result.result());
    } else {
      LOG.warn("Claims to {} got no answer: {}", work, result.cause().getMessage());
    }
    for (Request request : new LinkedHashSet<>(slots)) {
      request.underWay = false;
      request.unanswered = result.cause();
      // What became ready since the statement began, it may not have seen.
      request.tried = wakings == wakingsBefore;
      if ((request.due || !request.granted.isEmpty()) && waiting.remove(request)) {
        request.finish();
      }
    }
    if (closed) {
      completeWhenIdle();
    } else if (waiting.stream().anyMatch(request -> !request.tried && !request.underWay)) {
      serve();
    }
  }

  private void handOut(List<Request> slots, Grant grant) {
    if (grant.granted().isEmpty()) {
      return;
    }
    watermark = Math.max(watermark, grant.latestReadyAt() - options.lateness().toMillis());
    bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
    List<Claim> unwanted = new ArrayList<>();
    for (Granted granted : grant.granted()) {
      Request request = slots.get(granted.slot());
      (request.gone ? unwanted : request.granted).add(granted.claim());
    }
    giveBack(unwanted);
  }

  private void giveBack(List<Claim> claims) {
    if (!claims.isEmpty()) {
      goingBack++;
      wayBack
          .giveBack(claims)
          .onComplete(
              done ->
                  home.runOnContext(
                      none -> {
                        goingBack--;
                        completeWhenIdle();
                      }));
    }
  }

  private void completeWhenIdle() {
    if (closed && underWay == 0 && goingBack == 0) {
      idle.tryComplete();
    }
  }

  /**
   * Answers everybody who waits with nothing. Completes when no statement is under way and nothing
   * is on its way back any more, so that a node that stops leaves no claim behind.
   */
  Future<Void> close() {
    closed = true;
    completeWhenIdle();
    return idle.future()
        .onComplete(
            done -> {
              waiting.forEach(Request::answer);
              waiting.clear();
            });
  }
}
