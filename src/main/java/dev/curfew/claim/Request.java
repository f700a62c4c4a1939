package dev.curfew.claim;

import dev.curfew.bus.Claims;
import dev.curfew.fault.CurfewException;
import dev.curfew.lease.Claim;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** Why the last look brought no answer; null when it did. */
  @Nullable Throwable unanswered;

  /** Whether somebody may have granted it what it will never hear of. */
  boolean lost;

  private Request(String instance, int most, Duration wait) {
    this.instance = instance;
    this.most = most;
    this.wait = wait;
    this.due = wait.isZero();
    ContextInternal here = ContextInternal.current();
    this.promise = here == null ? Promise.promise() : here.promise();
  }

  /**
   * A request as {@link Claims#claim} takes it.
   *
   * @throws CurfewException INVALID_FIELD
   */
  static Request of(String instance, int most, Duration wait) {
    if (instance.isBlank()) {
      throw CurfewException.invalid("processInstance", "must not be blank");
    }
    if (most < 1 || most > Claims.MOST) {
      throw CurfewException.invalid("maxSessions", "must be from 1 to " + Claims.MOST);
    }
    if (wait.isNegative()) {
      throw CurfewException.invalid("waitSeconds", "must not be negative");
    }
    boolean longest = wait.compareTo(Claims.LONGEST_WAIT) > 0;
    return new Request(instance, most, longest ? Claims.LONGEST_WAIT : wait);
  }

  Future<List<Claim>> future() {
    return promise.future();
  }

  void answer() {
    promise.tryComplete(List.copyOf(granted));
  }

  /** With what it was given, or with why nobody could say. */
  void finish() {
    Throwable why = unanswered;
    if (why != null && granted.isEmpty()) {
      fail(why);
    } else {
      answer();
    }
  }

  void fail(Throwable why) {
    promise.tryFail(why);
  }
}
