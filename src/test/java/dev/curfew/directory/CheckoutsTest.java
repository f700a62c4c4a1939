package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Authorisation.Intent;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Checkout;
import dev.curfew.realm.Credential;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.User;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Tier;
import dev.curfew.store.CheckoutStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class CheckoutsTest {
  private static final String PASSWORD = "correct-horse-battery-staple";

  private static TestNode node;
  private static Checkouts checkouts;
  private static Credentials credentials;
  private static Principal admin;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    checkouts = node.directory().checkouts();
    credentials = node.directory().credentials();
    admin = node.admin();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Credential credential(boolean rotate) {
    return Await.result(
        credentials.create(
            admin, new NewCredential(TestNode.name("db"), "svc-dba", Secret.of(PASSWORD), rotate)));
  }

  private static NewCheckout wanted(int credentialId) {
    return new NewCheckout(credentialId, Duration.ofHours(1), "db1.example.com", null, null, null);
  }

  private static Checkout open(Principal by, boolean rotate) {
    return Await.result(checkouts.open(by, wanted(credential(rotate).id())));
  }

  private static SessionDetail session(Checkout checkout) {
    return Await.result(
        node.directory().sessionReads().get(admin, checkout.sessionId(), Intent.READ));
  }

  private static List<String> events(UUID session) throws Exception {
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      return sql.column(
          "SELECT type FROM event WHERE session_id = ? AND type ~ 'checkout|credential'"
              + " ORDER BY xid, id",
          session);
    }
  }

  @Test
  void checkout_opensWithItsSession() throws Exception {
    Principal user = node.user(Role.USER);
    Checkout checkout = open(user, false);
    assertThat(checkout.open()).isTrue();
    assertThat(checkout.user().username()).isEqualTo(user.username());
    assertThat(checkout.targetHost()).isEqualTo("db1.example.com");
    SessionDetail session = session(checkout);
    assertThat(session.kind()).isEqualTo(SessionKind.PSM);
    assertThat(session.state()).isEqualTo(SessionState.ACTIVE);
    assertThat(session.checkoutId()).isEqualTo(checkout.id());
    assertThat(session.expiresAt()).isEqualTo(checkout.expiresAt());
    assertThat(Await.result(checkouts.remainingMinutes(user, checkout.id()))).isEqualTo(59);
    assertThat(events(checkout.sessionId())).containsExactly("dev.curfew.checkout.opened");
  }

  @Test
  void checkout_namesItsProcessFromTheStart() {
    Checkout checkout =
        Await.result(
            checkouts.open(
                admin,
                new NewCheckout(
                    credential(false).id(), Duration.ofMinutes(5), null, null, null, "gateway-1")));
    assertThat(session(checkout).owner()).isEqualTo("gateway-1");
  }

  @Test
  void badCheckouts_areRefused() {
    refused(ErrorCode.NOT_FOUND, () -> checkouts.open(admin, wanted(999_999)));
    int id = credential(false).id();
    refused(
        ErrorCode.OVER_MAXIMUM_DURATION,
        () ->
            checkouts.open(admin, new NewCheckout(id, Duration.ofDays(2), null, null, null, null)));
    refused(
        ErrorCode.INVALID_FIELD,
        () -> checkouts.open(admin, new NewCheckout(id, Duration.ZERO, null, null, null, null)));
    refused(
        ErrorCode.INVALID_FIELD,
        () ->
            checkouts.open(
                admin, new NewCheckout(id, Duration.ofHours(1), "a\0b", null, null, null)));
    refused(
        ErrorCode.FORBIDDEN,
        () ->
            checkouts.open(
                node.user(Role.USER),
                new NewCheckout(id, Duration.ofHours(1), null, null, "admin", null)));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> checkouts.open(stranger, wanted(id)));
    refused(ErrorCode.NOT_FOUND, () -> checkouts.get(admin, Long.MAX_VALUE));
  }

  @Test
  void checkin_endsTheSessionAndClosesTheCheckoutOnce() throws Exception {
    Principal user = node.user(Role.USER);
    Checkout checkout = open(user, false);
    Checkout closed = Await.result(checkouts.checkin(user, checkout.id()));
    assertThat(closed.open()).isFalse();
    assertThat(Await.result(checkouts.checkin(user, checkout.id())).closedAt())
        .isEqualTo(closed.closedAt());
    Await.until("the session has ended", () -> session(checkout).state() == SessionState.ENDED);
    assertThat(session(checkout).reason()).isEqualTo(EndReason.CHECKED_IN);
    assertThat(Await.result(checkouts.checkin(user, checkout.id())).closedAt())
        .isEqualTo(closed.closedAt());
    assertThat(Await.result(checkouts.remainingMinutes(user, checkout.id()))).isZero();
    assertThat(events(checkout.sessionId()))
        .containsExactly("dev.curfew.checkout.opened", "dev.curfew.checkout.closed");
  }

  @Test
  void checkins_atTheSameTimeRotateOnce() throws Exception {
    Checkout checkout = open(admin, true);
    List<Future<Checkout>> together =
        List.of(
            checkouts.checkin(admin, checkout.id()),
            checkouts.checkin(admin, checkout.id()),
            checkouts.checkin(admin, checkout.id()));
    together.forEach(checkin -> assertThat(Await.result(checkin).open()).isFalse());
    Await.result(node.endings().undo(checkout.sessionId()));
    assertThat(events(checkout.sessionId()))
        .containsExactly("dev.curfew.checkout.opened", "dev.curfew.checkout.closed");
  }

  @Test
  void endOfTheSession_closesTheCheckout() {
    Checkout checkout = open(admin, false);
    Await.result(node.directory().sessionChanges().revoke(admin, checkout.sessionId(), null));
    Await.until(
        "the checkout is closed", () -> !Await.result(checkouts.get(admin, checkout.id())).open());
    Await.until("the session has ended", () -> session(checkout).state() == SessionState.ENDED);
  }

  @Test
  void credential_isReadWhileTheSessionLivesAndEveryReadingIsInTheLog() throws Exception {
    Principal user = node.user(Role.USER);
    Checkout checkout = open(user, false);
    CredentialSecret secret = Await.result(credentials.readFor(user, checkout.sessionId()));
    assertThat(secret.username()).isEqualTo("svc-dba");
    assertThat(secret.password().reveal()).isEqualTo(PASSWORD);
    Await.result(credentials.readFor(user, checkout.sessionId()));
    assertThat(events(checkout.sessionId()))
        .containsExactly(
            "dev.curfew.checkout.opened",
            "dev.curfew.credential.read",
            "dev.curfew.credential.read");

    Await.result(checkouts.checkin(user, checkout.id()));
    refused(ErrorCode.FORBIDDEN, () -> credentials.readFor(user, checkout.sessionId()));
    assertThat(events(checkout.sessionId())).hasSize(4);
  }

  @Test
  void credential_isNotReadForASessionWithoutACheckout() {
    SessionDetail session =
        Await.result(
            node.directory()
                .sessionOpenings()
                .open(admin, SessionRequest.of(SessionKind.PSM).lasting(Duration.ofMinutes(1))));
    refused(ErrorCode.FORBIDDEN, () -> credentials.readFor(admin, session.id()));
    refused(ErrorCode.NOT_FOUND, () -> credentials.readFor(admin, UUID.randomUUID()));
  }

  @Test
  void credential_isForItsUserGatewaysAndAdministrators() {
    Principal user = node.user(Role.USER);
    Checkout checkout = open(user, false);
    User other = Await.result(node.directory().users().get(admin, node.user(Role.USER).username()));
    Principal colleague = node.principal(other, Scope.CREDENTIAL_READ, Scope.CREDENTIAL_WRITE);
    Principal gateway = node.principal(other, Scope.CREDENTIAL_READ, Scope.PSM_WRITE);
    refused(ErrorCode.FORBIDDEN, () -> credentials.readFor(colleague, checkout.sessionId()));
    refused(ErrorCode.FORBIDDEN, () -> checkouts.get(colleague, checkout.id()));
    refused(ErrorCode.FORBIDDEN, () -> checkouts.checkin(colleague, checkout.id()));
    assertThat(Await.result(credentials.readFor(gateway, checkout.sessionId())).username())
        .isEqualTo("svc-dba");
    assertThat(Await.result(checkouts.get(gateway, checkout.id())).open()).isTrue();
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> credentials.readFor(stranger, checkout.sessionId()));
    refused(ErrorCode.NOT_FOUND, () -> checkouts.checkin(stranger, checkout.id()));
    assertThat(Await.result(checkouts.checkin(gateway, checkout.id())).open()).isFalse();
  }

  @Test
  void rotation_givesTheCredentialANewPasswordOf24Characters() {
    Credential credential = credential(true);
    Checkout first = Await.result(checkouts.open(admin, wanted(credential.id())));
    Await.result(checkouts.checkin(admin, first.id()));
    Checkout second = Await.result(checkouts.open(admin, wanted(credential.id())));
    String rotated =
        Await.result(credentials.readFor(admin, second.sessionId())).password().reveal();
    assertThat(rotated).hasSize(24).isNotEqualTo(PASSWORD);
    Await.result(checkouts.checkin(admin, second.id()));
    Checkout third = Await.result(checkouts.open(admin, wanted(credential.id())));
    assertThat(Await.result(credentials.readFor(admin, third.sessionId())).password().reveal())
        .hasSize(24)
        .isNotEqualTo(rotated);
    assertThat(Await.result(credentials.list(admin, new PageRequest(500, null))).items())
        .filteredOn(shown -> shown.id() == credential.id())
        .singleElement()
        .satisfies(shown -> assertThat(shown.rotatedAt()).isPositive());
  }

  @Test
  void closing_isAllOrNothing() {
    Checkout checkout = open(admin, true);
    CheckoutStore store = new CheckoutStore(node.store().database());
    assertThat(
            Await.failure(
                store.close(
                    checkout.sessionId(),
                    id -> {
                      throw CurfewException.of(ErrorCode.INTERNAL, "no new secret");
                    },
                    Initiator.POLICY)))
        .hasMessage("no new secret");
    assertThat(Await.result(checkouts.get(admin, checkout.id())).open()).isTrue();
    assertThat(Await.result(credentials.readFor(admin, checkout.sessionId())).password().reveal())
        .isEqualTo(PASSWORD);
  }

  @Test
  void secrets_areNowhereInClear() throws Exception {
    Checkout checkout = open(admin, true);
    CredentialSecret secret = Await.result(credentials.readFor(admin, checkout.sessionId()));
    assertThat(
            secret
                + new NewCredential("n", "u", Secret.of(PASSWORD), false).toString()
                + Await.result(credentials.list(admin, PageRequest.FIRST)))
        .doesNotContain(PASSWORD);
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(
              sql.column(
                  "SELECT encode(secret, 'escape') FROM credential UNION ALL SELECT e::text FROM"
                      + " event e"))
          .noneMatch(row -> row.contains(PASSWORD));
    }
  }

  @Test
  void credential_cannotBeDeletedWhileItIsCheckedOut() {
    Credential credential = credential(false);
    Checkout checkout = Await.result(checkouts.open(admin, wanted(credential.id())));
    assertThat(refused(ErrorCode.WRONG_STATE, () -> credentials.delete(admin, credential.id())))
        .hasMessageContaining("checked out");
    Await.result(checkouts.checkin(admin, checkout.id()));
    Await.result(credentials.delete(admin, credential.id()));
    refused(ErrorCode.NOT_FOUND, () -> credentials.delete(admin, credential.id()));
    refused(ErrorCode.NOT_FOUND, () -> checkouts.open(admin, wanted(credential.id())));
  }

  @Test
  void credentials_areForAdministrators() {
    Principal user = node.user(Role.USER);
    Credential credential = credential(false);
    NewCredential same = new NewCredential(credential.name(), "u", Secret.of("p"), false);
    refused(ErrorCode.ALREADY_EXISTS, () -> credentials.create(admin, same));
    refused(ErrorCode.FORBIDDEN, () -> credentials.create(user, same));
    refused(ErrorCode.FORBIDDEN, () -> credentials.list(user, PageRequest.FIRST));
    refused(ErrorCode.FORBIDDEN, () -> credentials.delete(user, credential.id()));
    assertThat(
            refused(
                    ErrorCode.INVALID_FIELD,
                    () ->
                        credentials.create(
                            admin, new NewCredential("n", "u", Secret.of(""), false)))
                .field())
        .isEqualTo("password");
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> credentials.delete(stranger, credential.id()));
    assertThat(Await.result(credentials.list(stranger, PageRequest.FIRST)).items()).isEmpty();
  }

  @Test
  void checkoutIds_areReadStrictly() {
    assertThat(Checkouts.id("checkOutId", "123")).isEqualTo(123);
    for (String bad : List.of("", "-1", "1 ", "x", "1234567890123456789", "\u0661")) {
      assertThat(
              refused(
                      ErrorCode.INVALID_FIELD,
                      () -> Future.succeededFuture(Checkouts.id("checkOutId", bad)))
                  .field())
          .isEqualTo("checkOutId");
    }
  }

  @Test
  void closedCheckout_canBeJoinedByNobody() {
    Checkout checkout = open(admin, false);
    JoinTokens tokens = node.directory().joinTokens();
    JoinRequest request = new JoinRequest("gateway.example.com", 1024, 768, 96);
    JoinTicket ticket = Await.result(tokens.issue(admin, checkout.sessionId(), request));
    assertThat(ticket.toString()).doesNotContain(ticket.token().reveal());
    JoinTicket redeemed = Await.result(tokens.redeem(admin, ticket.token()));
    assertThat(redeemed.sessionId()).isEqualTo(checkout.sessionId());
    assertThat(redeemed.request()).isEqualTo(request);
    refused(ErrorCode.NOT_FOUND, () -> tokens.redeem(admin, ticket.token()));
    refused(ErrorCode.NOT_FOUND, () -> tokens.redeem(admin, Secret.of("guess")));

    JoinTicket unused = Await.result(tokens.issue(admin, checkout.sessionId(), request));
    Await.result(checkouts.checkin(admin, checkout.id()));
    refused(ErrorCode.WRONG_STATE, () -> tokens.issue(admin, checkout.sessionId(), request));
    refused(ErrorCode.WRONG_STATE, () -> tokens.redeem(admin, unused.token()));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> tokens.issue(stranger, checkout.sessionId(), request));
    refused(
        ErrorCode.INVALID_FIELD,
        () -> tokens.issue(admin, checkout.sessionId(), new JoinRequest("g", 0, 768, 96)));
  }
}
