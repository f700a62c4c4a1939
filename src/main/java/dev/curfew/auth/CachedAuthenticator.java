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
 * Recognises credentials, remembering what was looked up.
 *
 * <p>A known credential is believed for a short time, then looked up again; when the record cannot
 * be read it is believed somewhat longer, so that live sessions are heard while the database is
 * away. An unknown one is remembered for a moment, apart from the known ones, so that guessing
 * neither loads the database nor pushes known ones out. {@link #forget} makes everything be looked
 * up again, and an answer that was under way by then is not remembered.
 *
 * <p>Safe for use by any number of threads; the answer arrives on the asker's context.
 */
public final class CachedAuthenticator implements Authenticator {
  /** Longest text that can be a credential. */
  static final int LONGEST = 8_192;

  /** How long a known credential is believed without looking. */
  static final Duration FRESH = Duration.ofSeconds(30);

  /** How long a known credential is believed while its record cannot be read. */
  static final Duration USABLE = Duration.ofMinutes(10);

  /** How long an unknown credential is refused without looking. */
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
  private record Known(Future<Principal> answer, long readAt, long freshUntil) {
    long expiresAt() {
      return answer.result().expiresAt();
    }
  }

  private final CredentialLookup lookup;
  private final LongSupplier clock;
  private final LongSupplier nanoTime;
  private final Cache<TokenHash, Known> known;
  private final Cache<TokenHash, Boolean> unknown;
  private final ConcurrentMap<TokenHash, Future<Principal>> underWay = new ConcurrentHashMap<>();
  private final AtomicLong generation = new AtomicLong();

  /**
   * @param clock the cluster's, in epoch milliseconds: credentials expire by it
   */
  public CachedAuthenticator(CredentialLookup lookup, LongSupplier clock) {
    this(lookup, clock, System::nanoTime);
  }

  CachedAuthenticator(CredentialLookup lookup, LongSupplier clock, LongSupplier nanoTime) {
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
  public Future<Principal> of(String credential) {
    if (credential.length() > LONGEST) {
      return REFUSED;
    }
    TokenHash hash = TokenHash.of(credential);
    Future<Principal> remembered = remembered(credential, hash);
    return remembered == null ? lookUp(credential, hash, null) : remembered;
  }

  @Override
  public @Nullable Future<Principal> remembered(String credential) {
    return credential.length() > LONGEST
        ? REFUSED
        : remembered(credential, TokenHash.of(credential));
  }

  private @Nullable Future<Principal> remembered(String credential, TokenHash hash) {
    Known remembered = known.getIfPresent(hash);
    if (remembered == null) {
      return unknown.getIfPresent(hash) == null ? null : REFUSED;
    }
    if (expired(remembered)) {
      return REFUSED;
    }
    return nanoTime.getAsLong() - remembered.freshUntil < 0
        ? remembered.answer
        : lookUp(credential, hash, remembered);
  }

  /** A credential was revoked or a user changed: nothing that is remembered holds any more. */
  public void forget() {
    generation.incrementAndGet();
    underWay.clear();
    known.invalidateAll();
    unknown.invalidateAll();
  }

  private boolean expired(Known remembered) {
    return remembered.expiresAt() != 0 && clock.getAsLong() >= remembered.expiresAt();
  }

  private Future<Principal> lookUp(String credential, TokenHash hash, @Nullable Known remembered) {
    Promise<Principal> mine = Promise.promise();
    Future<Principal> before = underWay.putIfAbsent(hash, mine.future());
    if (before != null) {
      return here(before);
    }
    long startedIn = generation.get();
    lookup
        .find(credential, hash)
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

  private Future<Principal> read(TokenHash hash, Optional<Principal> found, long startedIn) {
    if (found.isEmpty()) {
      known.invalidate(hash);
      unknown.put(hash, Boolean.TRUE);
      return REFUSED;
    }
    long now = nanoTime.getAsLong();
    Known read = new Known(Future.succeededFuture(found.get()), now, now + FRESH.toNanos());
    if (expired(read)) {
      return REFUSED;
    }
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
        hash, new Known(remembered.answer, remembered.readAt, now + PAUSE.toNanos()), startedIn);
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
