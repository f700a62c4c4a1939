package dev.curfew.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A token bucket for each user, or whatever else is counted: it holds one period's requests and
 * fills steadily. Constant time, no locks; a bucket is one number, the time at which it will be
 * full again (the generic cell rate algorithm). Who has not asked for a while has a full bucket, so
 * the least recent are dropped.
 */
public final class RateLimiter {
  private static final int MOST_BUCKETS = 100_000;

  private final long permits;
  private final long period;
  private final LongSupplier nanoTime;
  private final long origin;
  private final Cache<Object, AtomicLong> fullAgainAt;

  /**
   * @param permits requests in a period, all of which may come at once; 0 for no limit
   */
  public RateLimiter(int permits, Duration period) {
    this(permits, period, System::nanoTime);
  }

  RateLimiter(int permits, Duration period, LongSupplier nanoTime) {
    this.permits = permits;
    this.period = period.toNanos();
    this.nanoTime = nanoTime;
    this.origin = nanoTime.getAsLong();
    this.fullAgainAt =
        Caffeine.newBuilder()
            .maximumSize(MOST_BUCKETS)
            .expireAfterAccess(period.multipliedBy(2))
            .ticker(nanoTime::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  public static RateLimiter perSecond(int permits) {
    return new RateLimiter(permits, Duration.ofSeconds(1));
  }

  /** The limit itself; 0 for none. */
  public long permits() {
    return permits;
  }

  /** Whether the principal may ask once more now; if so, that request is counted. */
  public boolean admits(Principal principal) {
    return take(principal.userUuid()) >= 0;
  }

  /**
   * Counts one request, if there is room for it.
   *
   * @param whose what has a bucket of its own: a user's id, an address
   * @return how many more there is room for now; -1 when there was none for this one, {@link
   *     Long#MAX_VALUE} when there is no limit
   */
  public long take(Object whose) {
    if (permits == 0) {
      return Long.MAX_VALUE;
    }
    AtomicLong bucket = fullAgainAt.get(whose, none -> new AtomicLong());
    long now = nanoTime.getAsLong() - origin;
    while (true) {
      long full = bucket.get();
      long after = Math.max(full, now) + period / permits;
      long room = now + period - after;
      if (room < 0) {
        return -1;
      }
      if (bucket.compareAndSet(full, after)) {
        return room / Math.max(1, period / permits);
      }
    }
  }

  /** Takes back what {@link #take} has counted. */
  void giveBack(Object whose) {
    AtomicLong bucket = permits == 0 ? null : fullAgainAt.getIfPresent(whose);
    if (bucket != null) {
      bucket.addAndGet(-(period / permits));
    }
  }
}
