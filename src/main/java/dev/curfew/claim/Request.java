package dev.curfew.claim;

import dev.curfew.lease.Claim;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody who asks for work. Answered on the context of whoever asked; all else happens on the
 * coordinator's.
 */
final class Request {
  final String instance;
  final int most;
  final Duration wait;
  private final Promise<List<Claim>> promise;

  /** What this request was given. */
  final List<Claim> granted = new ArrayList<>();

  /** Whether a statement has looked for it since something may have become ready. */
  boolean tried;

  /** Whether a statement is looking for it. */
  boolean underWay;

  /** Whether its wait is over. */
  boolean due;

  /** Whether whoever asked has gone. */
  boolean gone;

  Request(String instance, int most, Duration wait) {
    this.instance = instance;
    this.most = most;
    this.wait = wait;
    this.due = wait.isZero();
    ContextInternal here = ContextInternal.current();
    this.promise = here == null ? Promise.promise() : here.promise();
  }

  Future<List<Claim>> future() {
    return promise.future();
  }

  void answer() {
    promise.tryComplete(List.copyOf(granted));
  }

  void fail(Throwable why) {
    promise.tryFail(why);
  }
}
