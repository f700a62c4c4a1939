package dev.curfew.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Recognises API keys, remembering what was looked up.
 *
 * <p>A known key is believed for a short time, then looked up again; when the record cannot be read
 * it is believed somewhat longer, so that live sessions are heard while the database is away. An
 * unknown key is remembered for a moment, apart from the known ones, so that guessing neither loads
 * the database nor pushes known keys out. {@link #forget} makes everything be looked up again, and
 * an answer that was under way by then is not remembered.
 *
 * <p>Safe for use by any number of threads; the answer arrives on the asker's context.
 */
public final class ApiKeyAuthenticator implements Authenticator {
  /** How long a known key is believed without looking. */
  static final Duration FRESH = Duration.ofSeconds(30);

  /** How long a known key is believed while its record cannot be read. */
  static final Duration USABLE = Duration.ofMinutes(10);

  /** How long an unknown key is refused without looking. */
  static final Duration UNKNOWN = Duration.ofSeconds(2);

  private static final int MOST_KNOWN = 100_000;
  private static final int MOST_UNKNOWN = 10_000;

  private static final Future<Principal> REFUSED =
      Future.failedFuture(
          CurfewException.of(
              ErrorCode.UNAUTHENTICATED, "The credential is unknown, expired or revoked"));

  /** How long nobody looks again after the record could not be read. */
  static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * @param readAt when the record was read
   * @param freshUntil until when nobody needs to look
   */
  private record Known(Future<Principal> answer, long expiresAt, long readAt, long freshUntil) {}

  private final KeyLookup lookup;
  private final LongSupplier clock;
  private final LongSupplier nanoTime;
  private final Cache<TokenHash, Known> known;
  private final Cache<TokenHash, Boolean> unknown;
  private final ConcurrentMap<TokenHash, Future<Principal>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong generation = new AtomicLong();

  /**
   * @param clock the cluster's, in epoch milliseconds: keys expire by it
   */
  public ApiKeyAuthenticator(KeyLookup lookup, LongSupplier clock) {
    this(lookup, clock, System::nanoTime);
  }

  ApiKeyAuthenticator(KeyLookup lookup, LongSupplier clock, LongSupplier nanoTime) {
    this.lookup = lookup;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.known = cache(MOST_KNOWN, USABLE);
    this.unknown = cache(MOST_UNKNOWN, UNKNOWN);
  }

  private <V> Cache<TokenHash, V> cache(int most, Duration life) {
    return Caffeine.newBuilder()
        .maximumSize(most)
        .expireAfterWrite(life)
        .ticker(nanoTime::getAsLong)
        .executor(Runnable::run)
        .build();
  }

  @Override
  public Future<Principal> ofApiKey(String key) {
    if (key.length() > ApiKeyFormat.LONGEST) {
      return REFUSED;
    }
    TokenHash hash = TokenHash.of(key);
    Known remembered = known.getIfPresent(hash);
    if (remembered != null) {
      if (expired(remembered)) {
        return REFUSED;
      }
      if (nanoTime.getAsLong() - remembered.freshUntil < 0) {
        return remembered.answer;
      }
    } else if (unknown.getIfPresent(hash) != null) {
      return REFUSED;
    }
    return lookUp(hash, remembered);
  }

  /** A key was revoked or a user changed: nothing that is remembered holds any more. */
  public void forget() {
    generation.incrementAndGet();
    underWay.clear();
    known.invalidateAll();
    unknown.invalidateAll();
  }

  private boolean expired(Known remembered) {
    return remembered.expiresAt != 0 && clock.getAsLong() >= remembered.expiresAt;
  }

  private Future<Principal> lookUp(TokenHash hash, @Nullable Known remembered) {
    Promise<Principal> mine = Promise.promise();
    Future<Principal> before = underWay.putIfAbsent(hash, mine.future());
    if (before != null) {
      return here(before);
    }
    long startedIn = generation.get();
    lookup
        .find(hash)
        .onComplete(
            found -> {
              Future<Principal> answer =
                  found.succeeded()
                      ? read(hash, found.result(), startedIn)
                      : unread(hash, found.cause(), remembered, startedIn);
              underWay.remove(hash, mine.future());
              answer.onComplete(mine);
            });
    return here(mine.future());
  }

  private Future<Principal> read(TokenHash hash, Optional<KeyLookup.Holder> found, long startedIn) {
    if (found.isEmpty()) {
      known.invalidate(hash);
      unknown.put(hash, Boolean.TRUE);
      return REFUSED;
    }
    long now = nanoTime.getAsLong();
    Known read =
        new Known(
            Future.succeededFuture(found.get().principal()),
            found.get().expiresAt(),
            now,
            now + FRESH.toNanos());
    remember(hash, read, startedIn);
    return read.answer;
  }

  /** The record could not be read: what is remembered holds on, within its bound. */
  private Future<Principal> unread(
      TokenHash hash, Throwable failure, @Nullable Known remembered, long startedIn) {
    long now = nanoTime.getAsLong();
    if (remembered == null
        || !isAway(failure)
        || expired(remembered)
        || generation.get() != startedIn
        || now - remembered.readAt >= USABLE.toNanos()) {
      return Future.failedFuture(failure);
    }
    remember(
        hash,
        new Known(
            remembered.answer, remembered.expiresAt, remembered.readAt, now + PAUSE.toNanos()),
        startedIn);
    return remembered.answer;
  }

  private void remember(TokenHash hash, Known what, long startedIn) {
    if (generation.get() == startedIn) {
      known.put(hash, what);
      if (generation.get() != startedIn) {
        known.invalidate(hash);
      }
    }
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof CurfewException known && known.code() == ErrorCode.UNAVAILABLE;
  }

  /** The same answer, on the context of whoever asks here. */
  private static Future<Principal> here(Future<Principal> shared) {
    ContextInternal context = ContextInternal.current();
    if (context == null) {
      return shared;
    }
    Promise<Principal> promise = context.promise();
    shared.onComplete(promise);
    return promise.future();
  }
}
