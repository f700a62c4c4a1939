package dev.curfew.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.curfew.auth.Network;
import dev.curfew.auth.PasswordHasher;
import dev.curfew.auth.TokenHash;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Realm;
import dev.curfew.realm.User;
import dev.curfew.store.LoginAttemptStore;
import dev.curfew.store.LoginAttemptStore.Account;
import dev.curfew.store.LoginAttemptStore.Subjects;
import dev.curfew.store.RealmStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks passwords. A wrong password, an unknown name, an ambiguous one and an account without a
 * password are answered alike, after the same time; guessing is slowed down by the name and address
 * as they were given, whether or not there is such a user, so that being slowed down tells nothing
 * either.
 */
public final class Logins {
  private static final int NO_REALM = 0;
  private static final int LONGEST_LOGIN_NAME = FieldRules.LONGEST_EMAIL;
  private static final int MOST_REFUSED = 10_000;
  private static final Duration LONGEST_REFUSED = Duration.ofMinutes(1);

  private final LoginAttemptStore store;
  private final RealmStore realms;
  private final PasswordHasher passwords;
  private final Notices notices;
  private final LoginLimits limits;

  /** Who was refused lately, until when by {@link System#nanoTime}: they need no asking again. */
  private final Cache<TokenHash, Long> refusedUntil =
      Caffeine.newBuilder().maximumSize(MOST_REFUSED).expireAfterWrite(LONGEST_REFUSED).build();

  Logins(
      LoginAttemptStore store,
      RealmStore realms,
      PasswordHasher passwords,
      Notices notices,
      LoginLimits limits) {
    this.store = store;
    this.realms = realms;
    this.passwords = passwords;
    this.notices = notices;
    this.limits = limits;
  }

  /**
   * As {@link #verify}, with the realm by its name. In one that does not exist everybody is
   * unknown.
   *
   * @param realm null to look everywhere
   */
  public Future<User> verifyIn(
      @Nullable String realm, String name, Secret password, String address) {
    if (realm == null) {
      return verify(null, name, password, address);
    }
    return realms
        .find(realm)
        .compose(found -> verify(found.map(Realm::id).orElse(NO_REALM), name, password, address));
  }

  /**
   * The user whose password this is.
   *
   * @param realmId where to look for the name; null to look everywhere, where root counts first and
   *     elsewhere the name must be the only one
   * @param name user name or e-mail address, without regard to case
   * @param address where the attempt comes from, as {@code ClientAddress} gives it
   * @return fails with UNAUTHENTICATED, with the same message whatever is wrong; with RATE_LIMITED
   *     after too many attempts, telling how long to wait; with UNAVAILABLE
   */
  public Future<User> verify(
      @Nullable Integer realmId, String name, Secret password, String address) {
    Subjects subjects = subjects(name, address);
    Future<Void> admitted = refusedLately(subjects);
    if (admitted == null) {
      admitted = store.admit(subjects).onFailure(refusal -> remember(refusal, subjects));
    }
    return admitted
        .compose(in -> find(realmId, name))
        .compose(
            account ->
                matches(account, password)
                    .compose(right -> decide(right ? account : Optional.empty(), subjects, address))
                    .compose(
                        user ->
                            user.isPresent()
                                ? Future.succeededFuture(user.get())
                                : refuse(account, realmId, address)));
  }

  /** A name that cannot be one is looked for no further, but costs the same time. */
  private Future<Optional<Account>> find(@Nullable Integer realmId, String name) {
    return name.isBlank() || name.length() > LONGEST_LOGIN_NAME || name.indexOf('\0') >= 0
        ? Future.succeededFuture(Optional.empty())
        : store.account(realmId, name);
  }

  private Future<Boolean> matches(Optional<Account> account, Secret password) {
    String hash = account.map(Account::passwordHash).orElse(null);
    if (password.reveal().length() > FieldRules.LONGEST_PASSWORD) {
      return passwords.matchesNothing(Secret.of(""));
    }
    return hash == null ? passwords.matchesNothing(password) : passwords.matches(password, hash);
  }

  private Future<Optional<User>> decide(
      Optional<Account> right, Subjects subjects, String address) {
    return right.isEmpty()
        ? Future.succeededFuture(Optional.empty())
        : store
            .succeeded(right.get(), subjects, address)
            .onSuccess(user -> user.ifPresent(known -> notices.events()));
  }

  private Future<User> refuse(
      Optional<Account> account, @Nullable Integer realmId, String address) {
    return store
        .refused(account.orElse(null), realmId, address)
        .onSuccess(written -> notices.events())
        .compose(
            written ->
                Future.failedFuture(
                    CurfewException.of(
                        ErrorCode.UNAUTHENTICATED, "The name or the password is wrong")));
  }

  private @Nullable Future<Void> refusedLately(Subjects subjects) {
    long wait = waitOf(subjects.pair().hash());
    return wait <= 0
        ? null
        : Future.failedFuture(
            CurfewException.rateLimited(
                "Too many attempts to log in; try again later", Duration.ofNanos(wait)));
  }

  private long waitOf(TokenHash subject) {
    Long until = refusedUntil.getIfPresent(subject);
    return until == null ? 0 : until - System.nanoTime();
  }

  private void remember(Throwable refusal, Subjects subjects) {
    if (refusal instanceof CurfewException known && known.code() == ErrorCode.RATE_LIMITED) {
      refusedUntil.put(
          subjects.pair().hash(),
          System.nanoTime() + Duration.ofSeconds(known.retryAfterSeconds()).toNanos());
    }
  }

  private Subjects subjects(String name, String address) {
    String known = name.toLowerCase(Locale.ROOT);
    String network = Network.of(address);
    return new Subjects(
        subject("pair", network + "\0" + known, limits.pair()),
        subject("address", network, limits.address()),
        subject("name", known, limits.name()));
  }

  private static LoginAttemptStore.Subject subject(
      String kind, String what, LoginLimits.Limit limit) {
    return new LoginAttemptStore.Subject(
        TokenHash.of(kind + "\0" + what), limit.most(), limit.step());
  }
}
