package dev.curfew.auth;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Bounds how often somebody whom this node does not know yet may make it look credentials up. Each
 * try takes a place of its address, and gives it back unless the credential turns out to be bad; so
 * any number of good ones may come from one address, and a flood of bad ones ends here.
 */
public final class Strangers {
  /** How many seconds' worth may come at once. */
  private static final int BURST_SECONDS = 20;

  private final RateLimiter tries;

  private Strangers(RateLimiter tries) {
    this.tries = tries;
  }

  /**
   * @param failures bad credentials of one address in a second; 0 for no limit
   */
  public static Strangers perSecond(int failures) {
    return new Strangers(
        new RateLimiter(failures * BURST_SECONDS, Duration.ofSeconds(BURST_SECONDS)));
  }

  /** As the other, for a question whose every answer is a good one. */
  public <T> Future<T> ask(String address, Supplier<Future<T>> question) {
    return ask(address, question, answer -> false);
  }

  /**
   * Asks, if the address may.
   *
   * @param isBad whether an answer means a bad credential, as the failures UNAUTHENTICATED and
   *     RATE_LIMITED do
   * @return as the question is answered; fails with RATE_LIMITED without asking it
   */
  public <T> Future<T> ask(
      String address, Supplier<Future<T>> question, Predicate<? super T> isBad) {
    String network = Network.of(address);
    if (tries.take(network) < 0) {
      return Future.failedFuture(
          CurfewException.rateLimited(
              "Too many bad credentials from this address; try again shortly",
              Duration.ofSeconds(1)));
    }
    return question
        .get()
        .onComplete(
            done -> {
              boolean bad = done.succeeded() ? isBad.test(done.result()) : isBad(done.cause());
              if (!bad) {
                tries.giveBack(network);
              }
            });
  }

  private static boolean isBad(Throwable failure) {
    return failure instanceof CurfewException known
        && (known.code() == ErrorCode.UNAUTHENTICATED || known.code() == ErrorCode.RATE_LIMITED);
  }
}
