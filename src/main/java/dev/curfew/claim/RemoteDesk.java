package dev.curfew.claim;

import dev.curfew.bus.AskException;
import dev.curfew.bus.Bus;
import dev.curfew.bus.ClaimQuestion;
import dev.curfew.bus.ClaimsGranted;
import dev.curfew.bus.Routes;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of this node for one kind of work, put to a member that hands out claims: the first
 * of them by id, so that everybody's claims are folded in one place, and the next when that one is
 * not there. Lives on one event loop.
 *
 * <p>A question that may have arrived is not put again before it has been withdrawn: what it was
 * granted would belong to a worker that never heard of it. When the withdrawal is not confirmed
 * either, the request fails, and what it may have been granted comes back with its lease.
 */
final class RemoteDesk {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteDesk.class);

  private static final int MOST_UNDER_WAY = 16;

  private final Work work;
  private final Bus bus;
  private final WayBack wayBack;
  private final Supplier<List<UUID>> members;
  private final Duration patience;
  private final Vertx vertx;
  private final Context home;
  private final Set<Request> waiting = new LinkedHashSet<>();
  private final Promise<Void> idle = Promise.promise();
  private int underWay;
  private int goingBack;
  private long wakings;

  private boolean closed;

  RemoteDesk(
      Work work,
      Bus bus,
      WayBack wayBack,
      Supplier<List<UUID>> members,
      RemoteClaims.Options options,
      Vertx vertx) {
    this.work = work;
    this.bus = bus;
    this.wayBack = wayBack;
    this.members = members;
    this.patience = options.patience();
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
    serve();
  }

  private void waitIsOver(Request request) {
    request.due = true;
    // A question under way may yet bring it something.
    if (!request.underWay && waiting.remove(request)) {
      request.finish();
    }
  }

  /** Whoever asked has gone. */
  void withdraw(Request request) {
    request.gone = true;
    waiting.remove(request);
    giveBack(List.copyOf(request.granted));
    request.granted.clear();
    request.answer();
  }

  /** Something may be ready that was not there when members were asked. */
  void wake() {
    wakings++;
    waiting.forEach(request -> request.tried = false);
    serve();
  }

  private void serve() {
    for (Request request : List.copyOf(waiting)) {
      if (underWay == MOST_UNDER_WAY) {
        return;
      }
      if (!request.underWay && !request.tried) {
        ask(request);
      }
    }
  }

  private void ask(Request request) {
    underWay++;
    request.underWay = true;
    long wakingsBefore = wakings;
    put(request, members.get().stream().sorted().iterator())
        .onComplete(result -> home.runOnContext(none -> answered(request, wakingsBefore, result)));
  }

  private Future<List<Claim>> put(Request request, Iterator<UUID> left) {
    if (!left.hasNext()) {
      return Future.failedFuture(
          CurfewException.of(ErrorCode.UNAVAILABLE, "No node hands out claims; try again"));
    }
    UUID member = left.next();
    UUID id = UUID.randomUUID();
    return bus.ask(
            Routes.CLAIMS,
            member,
            new ClaimQuestion.Ask(id, work, request.instance, request.most),
            patience)
        .map(ClaimsGranted::claims)
        .recover(
            failure ->
                failure instanceof AskException unanswered && !unanswered.mayHaveArrived()
                    ? put(request, left)
                    : unheard(request, member, id, failure));
  }

  /** Whatever the member granted, it takes back. */
  private Future<List<Claim>> unheard(Request request, UUID member, UUID id, Throwable failure) {
    LOG.warn("A claim to {} got no answer: {}", work, failure.getMessage());
    return bus.ask(Routes.CLAIMS, member, new ClaimQuestion.Withdraw(id), patience)
        .onFailure(unconfirmed -> request.lost = true)
        .transform(
            withdrawn ->
                Future.failedFuture(
                    CurfewException.of(
                        ErrorCode.UNAVAILABLE, "The claim got no answer; try again")));
  }

  private void answered(Request request, long wakingsBefore, AsyncResult<List<Claim>> result) {
    underWay--;
    request.underWay = false;
    request.unanswered = result.cause();
    // What became ready since the question was put, it may not have seen.
    request.tried = wakings == wakingsBefore;
    if (result.succeeded()) {
      if (request.gone) {
        giveBack(result.result());
      } else {
        request.granted.addAll(result.result());
      }
      if (result.result().isEmpty() && wakings == wakingsBefore) {
        // Those behind it would get nothing either; they wait, unless they cannot.
        waiting.stream().filter(other -> !other.due).forEach(other -> other.tried = true);
      }
    }
    boolean over = request.due || request.lost || !request.granted.isEmpty();
    if (over && waiting.remove(request)) {
      request.finish();
    }
    if (closed) {
      completeWhenIdle();
    } else {
      serve();
    }
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

  /** As {@link Desk#close}. */
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
