package dev.curfew.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.curfew.realm.User;
import dev.curfew.session.Tier;
import dev.curfew.store.RealmStore;
import dev.curfew.store.UserStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The users of live session tokens, remembered, so that recognising a token asks nobody. {@link
 * #forget} makes everything be looked up again; since that word may be lost, what is remembered for
 * a while is looked up again on the side, and whoever asks meanwhile gets what is known.
 *
 * <p>Safe for use by any number of threads.
 */
final class TokenHolders {
  /** How long nobody looks again. */
  private static final Duration FRESH = Duration.ofSeconds(30);

  private static final int MOST = 100_000;

  /** A user and what their realm is. */
  record Holder(User user, Tier tier) {}

  private record Known(
      Future<Optional<Holder>> answer, long readAt, AtomicBoolean beingReadAgain) {}

  private final UserStore users;
  private final RealmStore realms;
  private final AtomicLong generation = new AtomicLong();
  private final Cache<Integer, Known> known =
      Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

  TokenHolders(UserStore users, RealmStore realms) {
    this.users = users;
    this.realms = realms;
  }

  /** A user by numeric id; empty once they are deleted. */
  Future<Optional<Holder>> of(int userId) {
    Known remembered = known.getIfPresent(userId);
    if (remembered == null) {
      return read(userId);
    }
    if (System.nanoTime() - remembered.readAt > FRESH.toNanos()
        && remembered.beingReadAgain.compareAndSet(false, true)) {
      read(userId).onFailure(away -> remembered.beingReadAgain.set(false));
    }
    return remembered.answer;
  }

  /** As {@link #of}, whatever is remembered. */
  Future<Optional<Holder>> read(int userId) {
    long startedIn = generation.get();
    return users
        .find(userId)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(Optional.<Holder>empty())
                    : realms
                        .get(found.get().realmId())
                        .map(realm -> Optional.of(new Holder(found.get(), realm.tier()))))
        .onSuccess(found -> remember(userId, found.orElse(null), startedIn));
  }

  /** Users changed: nothing that is remembered holds any more. */
  void forget() {
    generation.incrementAndGet();
    known.invalidateAll();
  }

  private void remember(int userId, @Nullable Holder holder, long startedIn) {
    if (holder == null) {
      known.invalidate(userId);
    } else if (generation.get() == startedIn) {
      known.put(
          userId,
          new Known(
              Future.succeededFuture(Optional.of(holder)), System.nanoTime(), new AtomicBoolean()));
      if (generation.get() != startedIn) {
        known.invalidate(userId);
      }
    }
  }
}
