package dev.curfew.directory;

import com.nimbusds.jose.jwk.RSAKey;
import dev.curfew.auth.KeyRing;
import dev.curfew.auth.SecretBox;
import dev.curfew.auth.SigningKey;
import dev.curfew.config.Secret;
import dev.curfew.store.SigningKeyStore;
import dev.curfew.store.SigningKeyStore.KeyRow;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that this installation signs with, the same on all nodes. The first is made when it is
 * first needed; each next one some time before the one before it has signed for long enough, so
 * that everybody has seen it by the time it signs. A key that no longer signs is kept for as long
 * as something that it signed may be valid.
 *
 * <p>Each node remembers the keys and looks again from time to time, and when it is asked for one
 * that it does not know. While the database is away, what is remembered holds.
 */
public final class SigningKeys {
  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

  /** How long before its time a key is published; a quarter of the rotation if that is less. */
  private static final Duration PUBLISHED_BEFORE = Duration.ofDays(1);

  private static final Duration FRESH = Duration.ofSeconds(30);

  /** Least time between two looks for keys that a token names and nobody knows. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** What was read, and when by {@link System#nanoTime}. */
  private record Loaded(KeyRing ring, long at) {}

  private final Vertx vertx;
  private final SigningKeyStore store;
  private final SecretBox secrets;
  private final LongSupplier clock;
  private final Duration rotation;
  private final Duration lead;
  private final Duration validFor;
  private final AtomicReference<@Nullable Loaded> loaded = new AtomicReference<>();
  private final AtomicReference<@Nullable Future<KeyRing>> loading = new AtomicReference<>();

  /**
   * @param rotation how long a key signs
   * @param validFor how long something signed may be valid
   */
  SigningKeys(
      Vertx vertx,
      SigningKeyStore store,
      SecretBox secrets,
      LongSupplier clock,
      Duration rotation,
      Duration validFor) {
    this.vertx = vertx;
    this.store = store;
    this.secrets = secrets;
    this.clock = clock;
    this.rotation = rotation;
    Duration quarter = rotation.dividedBy(4);
    this.lead = quarter.compareTo(PUBLISHED_BEFORE) < 0 ? quarter : PUBLISHED_BEFORE;
    this.validFor = validFor;
  }

  /**
   * The keys, of which one signs now.
   *
   * @return fails with UNAVAILABLE when they were never read and cannot be now
   */
  public Future<KeyRing> ring() {
    Loaded known = loaded.get();
    return known != null && isWithin(known, FRESH) && !nextIsDue(known.ring())
        ? Future.succeededFuture(known.ring())
        : load(known);
  }

  /**
   * The keys, among them the one of this id if any node has made it.
   *
   * @return as {@link #ring}
   */
  public Future<KeyRing> ringWith(@Nullable String id) {
    Loaded known = loaded.get();
    if (known == null) {
      return load(null);
    }
    return known.ring().withId(id) != null || isWithin(known, PAUSE)
        ? Future.succeededFuture(known.ring())
        : load(known);
  }

  private static boolean isWithin(Loaded known, Duration time) {
    return System.nanoTime() - known.at() < time.toNanos();
  }

  private Future<KeyRing> load(@Nullable Loaded known) {
    Future<KeyRing> underWay = loading.get();
    if (underWay != null) {
      return underWay;
    }
    Future<KeyRing> mine =
        store
            .all()
            .map(this::ring)
            .compose(ring -> nextIsDue(ring) ? addNext(ring) : Future.succeededFuture(ring))
            .onSuccess(ring -> loaded.set(new Loaded(ring, System.nanoTime())))
            .recover(
                failure ->
                    known == null
                        ? Future.failedFuture(failure)
                        : Future.succeededFuture(known.ring()))
            .onComplete(done -> loading.set(null));
    if (!mine.isComplete()) {
      loading.set(mine);
    }
    return mine;
  }

  private boolean nextIsDue(KeyRing ring) {
    List<SigningKey> keys = ring.keys();
    return keys.isEmpty()
        || keys.get(keys.size() - 1).signsFrom() + rotation.minus(lead).toMillis()
            <= clock.getAsLong();
  }

  /** Keys are made apart from the event loops, and before the lock that lets one node add one. */
  private Future<KeyRing> addNext(KeyRing ring) {
    return vertx
        .executeBlocking(SigningKey::generate, false)
        .compose(
            key -> {
              List<SigningKey> keys = ring.keys();
              SigningKey newest = keys.isEmpty() ? null : keys.get(keys.size() - 1);
              return store.add(
                  row(key, signsFrom(newest)),
                  newest == null ? null : newest.id(),
                  clock.getAsLong() - validFor.toMillis());
            })
        .map(this::ring)
        .onSuccess(now -> LOG.info("Keys that sign access tokens: {}", now.keys()));
  }

  private long signsFrom(@Nullable SigningKey newest) {
    long now = clock.getAsLong();
    return newest == null
        ? now
        : Math.max(now + lead.toMillis(), newest.signsFrom() + rotation.toMillis());
  }

  private KeyRow row(RSAKey key, long signsFrom) {
    String id = key.getKeyID();
    return new KeyRow(
        id, secrets.seal(Secret.of(key.toJSONString()), SecretPlaces.signingKey(id)), signsFrom);
  }

  private KeyRing ring(List<KeyRow> rows) {
    return new KeyRing(
        rows.stream()
            .map(
                row ->
                    SigningKey.of(
                        secrets.unseal(row.sealed(), SecretPlaces.signingKey(row.id())),
                        row.signsFrom()))
            .toList());
  }
}
