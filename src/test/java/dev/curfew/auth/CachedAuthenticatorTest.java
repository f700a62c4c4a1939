package dev.curfew.auth;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class CachedAuthenticatorTest {
  private static final String KEY = "cfk_known";

  private final Record keys = new Record();
  private final CachedAuthenticator authenticator =
      new CachedAuthenticator(keys, () -> keys.clock, () -> keys.nanos);

  /** Keys on record, with time that stands still until it is moved. */
  private static final class Record implements CredentialLookup {
    final Map<TokenHash, Principal> holders = new HashMap<>();
    Supplier<Future<Optional<Principal>>> instead;
    long clock = 1_000_000;
    long nanos = 1;
    int asked;

    @Override
    public Future<Optional<Principal>> find(String credential, TokenHash hash) {
      asked++;
      return instead != null
          ? instead.get()
          : Future.succeededFuture(Optional.ofNullable(holders.get(hash)));
    }

    void away() {
      instead = () -> Future.failedFuture(CurfewException.of(ErrorCode.UNAVAILABLE, "away"));
    }

    void pass(Duration time) {
      nanos += time.toNanos();
      clock += time.toMillis();
    }

    void add(String key, long expiresAt) {
      holders.put(TokenHash.of(key), principal(expiresAt));
    }
  }

  private static Principal principal(long expiresAt) {
    return new Principal(
        7,
        UUID.randomUUID(),
        "jdoe",
        1,
        "root",
        Tier.FREE,
        Set.of(Role.USER),
        Set.of(),
        UUID.randomUUID(),
        expiresAt);
  }

  private Principal authenticated(String key) {
    return Await.result(authenticator.of(key));
  }

  private void refusedKey(String key) {
    refused(ErrorCode.UNAUTHENTICATED, () -> authenticator.of(key));
  }

  @Test
  void knownKey_isLookedUpOnceUntilItIsNoLongerFresh() {
    keys.add(KEY, 0);
    Principal first = authenticated(KEY);
    assertThat(authenticator.of(KEY).succeeded()).isTrue();
    keys.pass(CachedAuthenticator.FRESH.minusMillis(1));
    assertThat(authenticated(KEY)).isSameAs(first);
    assertThat(keys.asked).isEqualTo(1);

    keys.pass(Duration.ofMillis(1));
    assertThat(authenticated(KEY).username()).isEqualTo("jdoe");
    assertThat(keys.asked).isEqualTo(2);
  }

  @Test
  void knownKey_whenTheDatabaseIsAway_isBelievedForTenMinutesAndNoLonger() {
    keys.add(KEY, 0);
    authenticated(KEY);
    keys.away();
    keys.pass(CachedAuthenticator.FRESH);
    assertThat(authenticated(KEY).username()).isEqualTo("jdoe");

    keys.pass(CachedAuthenticator.USABLE.minus(CachedAuthenticator.FRESH).minusSeconds(1));
    assertThat(authenticated(KEY).username()).isEqualTo("jdoe");
    keys.pass(Duration.ofSeconds(2));
    refused(ErrorCode.UNAVAILABLE, () -> authenticator.of(KEY));
  }

  @Test
  void knownKey_whenTheDatabaseIsAway_doesNotWaitForItWithEveryRequest() {
    keys.add(KEY, 0);
    authenticated(KEY);
    keys.away();
    keys.pass(CachedAuthenticator.FRESH);
    authenticated(KEY);
    authenticated(KEY);
    authenticated(KEY);
    assertThat(keys.asked).isEqualTo(2);

    keys.pass(CachedAuthenticator.PAUSE);
    authenticated(KEY);
    assertThat(keys.asked).isEqualTo(3);
  }

  @Test
  void strangeKey_whenTheDatabaseIsAway_isNotLetIn() {
    keys.away();
    refused(ErrorCode.UNAVAILABLE, () -> authenticator.of("never seen"));
  }

  @Test
  void unknownKey_isRefusedFromMemoryForAMoment() {
    refusedKey(KEY);
    refusedKey(KEY);
    assertThat(keys.asked).isEqualTo(1);

    keys.add(KEY, 0);
    keys.pass(CachedAuthenticator.UNKNOWN.plusMillis(1));
    assertThat(authenticated(KEY).username()).isEqualTo("jdoe");
  }

  @Test
  void guessing_doesNotPushKnownKeysOut() {
    keys.add(KEY, 0);
    authenticated(KEY);
    for (int i = 0; i < 30_000; i++) {
      assertThat(authenticator.of("guess " + i).failed()).isTrue();
    }
    int asked = keys.asked;
    authenticated(KEY);
    assertThat(keys.asked).isEqualTo(asked);
  }

  @Test
  void key_whenItExpires_isRefusedWithoutLooking() {
    keys.add(KEY, keys.clock + 5_000);
    authenticated(KEY);
    keys.pass(Duration.ofMillis(4_999));
    authenticated(KEY);
    keys.pass(Duration.ofMillis(1));
    refusedKey(KEY);
    assertThat(keys.asked).isEqualTo(1);
  }

  @Test
  void revokedKey_afterForgetting_isRefused() {
    keys.add(KEY, 0);
    authenticated(KEY);
    keys.holders.clear();
    authenticated(KEY);
    authenticator.forget();
    refusedKey(KEY);
  }

  @Test
  void revokedKey_whenTheDatabaseIsAwayAfterForgetting_isNotBelieved() {
    keys.add(KEY, 0);
    authenticated(KEY);
    keys.away();
    keys.pass(CachedAuthenticator.FRESH);
    authenticator.forget();
    refused(ErrorCode.UNAVAILABLE, () -> authenticator.of(KEY));
  }

  @Test
  void answerUnderWay_whenKeysAreForgotten_isNotRemembered() {
    Promise<Optional<Principal>> slow = Promise.promise();
    keys.instead = slow::future;
    Future<Principal> before = authenticator.of(KEY);
    authenticator.forget();
    slow.complete(Optional.of(principal(0)));
    assertThat(Await.result(before).username()).isEqualTo("jdoe");

    keys.instead = null;
    refusedKey(KEY);
  }

  @Test
  void askersTogether_shareOneLookup() {
    Promise<Optional<Principal>> slow = Promise.promise();
    keys.instead = slow::future;
    Future<Principal> one = authenticator.of(KEY);
    Future<Principal> two = authenticator.of(KEY);
    assertThat(keys.asked).isEqualTo(1);
    slow.complete(Optional.of(principal(0)));
    assertThat(Await.result(one)).isSameAs(Await.result(two));
  }

  @Test
  void endlessKey_isNotEvenHashed() {
    refusedKey("x".repeat(100_000));
    assertThat(keys.asked).isZero();
  }
}
