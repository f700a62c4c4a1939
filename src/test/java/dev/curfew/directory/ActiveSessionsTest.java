package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.AccessGrant;
import dev.curfew.realm.ActiveSession;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.Sudo;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ActiveSessionsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int MANY = 3_000;
  private static final int RACES = 300;

  private static TestNode node;
  private static ActiveSessions active;
  private static Principal admin;
  private static long numericId = 1_000_000;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    active = node.directory().activeSessions();
    admin = node.admin();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static ActiveSessionFilter of(Principal whose) {
    return new ActiveSessionFilter(
        ActiveSessionFilter.PRIVILEGED, whose.userUuid().toString(), null, null);
  }

  private static UUID open(Principal whose) {
    return Await.result(
            node.directory()
                .sessionOpenings()
                .open(whose, SessionRequest.of(SessionKind.ACCESS).lasting(HOUR)))
        .id();
  }

  private static List<UUID> openMany(Principal whose, int count) {
    Terms terms = new Terms(1, whose.realmId(), HOUR.toMillis() * 2, 0, 0);
    List<UUID> ids = new ArrayList<>(count);
    List<Future<?>> opened = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      UUID id = UUID.randomUUID();
      ids.add(id);
      opened.add(
          node.sessions()
              .ask(
                  new Command.Create(
                      new NewSession(
                          id,
                          numericId++,
                          SessionKind.DEVICE_ADMIN,
                          whose.userId(),
                          terms,
                          0,
                          HOUR.toMillis() / 2 + i,
                          false,
                          null,
                          false,
                          NewSession.Details.NONE),
                      new Initiator(Initiator.Kind.USER, whose.userId(), whose.username()))));
    }
    Await.result(Future.all(opened));
    return ids;
  }

  private static List<ActiveSession> list(Principal by, ActiveSessionFilter filter, String sort) {
    return Await.result(active.list(by, filter, order(sort), new PageRequest(500, null)))
        .page()
        .items();
  }

  private static ActiveSessions.Order order(String sort) {
    boolean descends = sort.startsWith("-");
    return ActiveSessions.Order.named(descends ? sort.substring(1) : sort, descends).orElseThrow();
  }

  private static DirectSql sql() throws Exception {
    return DirectSql.open(node.store().endpoint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "remaining",
        "-remaining",
        "started",
        "-started",
        "user",
        "-user",
        "target",
        "-target"
      })
  void pages_goOnWhereTheyWere_thoughSessionsEndInBetween(String sort) {
    Principal user = node.user(Role.USER);
    List<UUID> ids = openMany(user, 25);
    ActiveSessions.Order order = order(sort);
    List<UUID> seen = new ArrayList<>();
    String after = null;
    do {
      ActiveSessionPage found =
          Await.result(active.list(admin, of(user), order, new PageRequest(4, after)));
      List<UUID> page = found.page().items().stream().map(ActiveSession::id).toList();
      seen.addAll(page);
      after = found.page().next();
      // The very session that the cursor names is the one that ends.
      Await.result(active.revokeOne(admin, page.get(page.size() - 1), null));
    } while (after != null);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(ids);
  }

  @Test
  void list_isInOrderAndTellsTheTotal() {
    Principal user = node.user(Role.USER);
    openMany(user, 12);
    ActiveSessionPage first =
        Await.result(
            active.list(admin, of(user), ActiveSessions.Order.USUAL, new PageRequest(5, null)));
    assertThat(first.total()).isEqualTo(12);
    assertThat(first.page().items()).hasSize(5);
    assertThat(list(admin, of(user), "remaining"))
        .isSortedAccordingTo(Comparator.comparingLong(ActiveSession::expiresAt));
    assertThat(list(admin, of(user), "-remaining"))
        .isSortedAccordingTo(Comparator.comparingLong(ActiveSession::expiresAt).reversed());
    refused(
        ErrorCode.BAD_CURSOR,
        () ->
            active.list(
                admin, of(user), ActiveSessions.Order.USUAL, new PageRequest(5, "bm8tY3Vyc29y")));
    refused(
        ErrorCode.BAD_CURSOR,
        () ->
            active.list(
                admin,
                of(user),
                ActiveSessions.Order.USUAL,
                new PageRequest(5, PageRequest.cursor(UUID.randomUUID() + "not-a-number"))));
  }

  @Test
  void list_findsByNamesAndShowsWhatIsEnding() throws Exception {
    Principal user = node.user(Role.USER);
    UUID device = grant(user, "laptop-" + user.userId(), Sudo.NONE);
    ActiveSessionFilter named =
        new ActiveSessionFilter(
            Set.of(SessionKind.DEVICE_ADMIN), null, "LAPTOP-" + user.userId(), null);
    assertThat(list(admin, named, "remaining")).extracting(ActiveSession::id).containsOnly(device);
    try (DirectSql sql = sql()) {
      sql.run("UPDATE session SET state = 3, reason = 3, ending_at = now() WHERE id = ?", device);
      assertThat(list(admin, named, "remaining"))
          .singleElement()
          .satisfies(
              row -> {
                assertThat(row.state()).isEqualTo(SessionState.ENDING);
                assertThat(row.remaining(node.clock().now())).isZero();
              });
    }
  }

  private static UUID grant(Principal user, String target, Sudo sudo) {
    return Await.result(
            node.directory()
                .grants()
                .grant(
                    admin,
                    new NewGrant(
                        SessionKind.DEVICE_ADMIN,
                        user.userUuid().toString(),
                        target,
                        null,
                        0,
                        HOUR,
                        sudo,
                        "Driver update",
                        null)))
        .id();
  }

  @Test
  void revoke_tellsWhatBecameOfEach() throws Exception {
    Realm realm = node.realm(Tier.FREE);
    Principal stranger = node.user(realm.name(), Role.USER);
    Principal user = node.user(Role.USER);
    Principal organisation = node.user(Role.ORG_ADMIN);
    UUID live = open(user);
    UUID ended = open(user);
    UUID foreign = open(stranger);
    UUID unknown = UUID.randomUUID();
    Await.result(active.revokeOne(admin, ended, null));
    Revocation done =
        Await.result(
            active.revoke(
                organisation, List.of(live, ended, foreign, unknown, live), "The incident"));
    assertThat(done.revoked()).containsExactly(live);
    assertThat(done.alreadyEnded()).containsExactly(ended);
    assertThat(done.notFound()).containsExactlyInAnyOrder(foreign, unknown);
    assertThat(done.unknown()).isEmpty();
    try (DirectSql sql = sql()) {
      assertThat(
              sql.value(
                  "SELECT data ->> 'remark' FROM event WHERE session_id = ?"
                      + " AND type = 'dev.curfew.session.revoked'",
                  live))
          .isEqualTo("The incident");
      assertThat(sql.value("SELECT state FROM session WHERE id = ?", foreign)).isEqualTo("2");
    }
  }

  @Test
  void revokeMany_isAFewStatements() throws Exception {
    Principal user = node.user(Role.USER);
    List<UUID> ids = openMany(user, MANY);
    try (DirectSql sql = sql()) {
      Revocation done = Await.result(active.revoke(admin, ids, "Everything"));
      assertThat(done.revoked()).containsExactlyInAnyOrderElementsOf(ids);
      UUID[] all = ids.toArray(new UUID[0]);
      assertThat(
              sql.number(
                  "SELECT count(*) FROM session WHERE id = ANY(?) AND state = 4 AND reason = 3",
                  (Object) all))
          .isEqualTo(MANY);
      assertThat(
              sql.number(
                  "SELECT count(*) FROM event WHERE session_id = ANY(?)"
                      + " AND type = 'dev.curfew.session.ended'",
                  (Object) all))
          .isEqualTo(MANY);
      assertThat(
              sql.number(
                  "SELECT count(DISTINCT xid) FROM event WHERE session_id = ANY(?)"
                      + " AND type = 'dev.curfew.session.ended'",
                  (Object) all))
          .as("transactions")
          .isLessThan(50);
    }
  }

  @Test
  void revokeByFilter_onlyWhenAsManyAsExpected() {
    Principal user = node.user(Role.USER);
    openMany(user, 5);
    ActiveSessionFilter filter = of(user);
    assertThat(Await.result(active.revoke(admin, filter, 4, null))).isEmpty();
    assertThat(Await.result(active.revoke(admin, filter, 6, null))).isEmpty();
    assertThat(Await.result(active.count(admin, filter))).isEqualTo(5);
    assertThat(Await.result(active.revoke(admin, filter, 5, null)).orElseThrow().revoked())
        .hasSize(5);
    assertThat(Await.result(active.count(admin, filter))).isZero();
    refused(ErrorCode.INVALID_FIELD, () -> active.revoke(admin, filter, 10_001, null));
  }

  @Test
  void revokeAgainstExtend_endsAndStaysEnded() throws Exception {
    Principal user = node.user(Role.USER);
    List<UUID> ids = openMany(user, RACES);
    List<Future<SessionDetail>> extensions = new ArrayList<>();
    for (UUID id : ids.subList(0, RACES / 2)) {
      extensions.add(node.directory().sessionChanges().extend(admin, id, Duration.ofMinutes(1)));
    }
    Future<Revocation> revocation = active.revoke(admin, ids, null);
    for (UUID id : ids.subList(RACES / 2, RACES)) {
      extensions.add(node.directory().sessionChanges().extend(admin, id, Duration.ofMinutes(1)));
    }
    Await.result(Future.join(extensions).otherwiseEmpty());
    assertThat(Await.result(revocation).revoked()).containsExactlyInAnyOrderElementsOf(ids);
    try (DirectSql sql = sql()) {
      UUID[] all = ids.toArray(new UUID[0]);
      assertThat(
              sql.number(
                  "SELECT count(*) FROM session WHERE id = ANY(?) AND state = 4 AND reason = 3",
                  (Object) all))
          .isEqualTo(RACES);
      assertThat(
              sql.number(
                  "SELECT count(*) FROM event e JOIN event f USING (session_id)"
                      + " WHERE session_id = ANY(?) AND e.type = 'dev.curfew.session.ended'"
                      + " AND f.type = 'dev.curfew.session.extended'"
                      + " AND (f.xid::text::bigint, f.id) > (e.xid::text::bigint, e.id)",
                  (Object) all))
          .as("extensions after the end")
          .isZero();
    }
  }

  @Test
  void auditor_seesAndChangesNothing_userSeesNothing() {
    Principal user = node.user(Role.USER);
    Principal auditor = node.user(Role.AUDITOR);
    UUID id = open(user);
    assertThat(list(auditor, of(user), "remaining")).hasSize(1);
    refused(ErrorCode.FORBIDDEN, () -> active.revoke(auditor, List.of(id), null));
    refused(ErrorCode.FORBIDDEN, () -> active.revoke(auditor, of(user), 1, null));
    refused(
        ErrorCode.FORBIDDEN,
        () -> active.list(user, of(user), ActiveSessions.Order.USUAL, PageRequest.FIRST));
    refused(ErrorCode.FORBIDDEN, () -> active.revoke(user, List.of(id), null));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(
        ErrorCode.NOT_FOUND,
        () -> active.list(stranger, of(user), ActiveSessions.Order.USUAL, PageRequest.FIRST));
    refused(ErrorCode.NOT_FOUND, () -> active.revokeOne(stranger, id, null));
  }

  // Grants

  @Test
  void grant_keepsSudoAndRemarks_andIsPrologedExactly() {
    Principal user = node.user(Role.USER);
    AccessGrants grants = node.directory().grants();
    UUID id = grant(user, "laptop-7", new Sudo(true, true));
    AccessGrant granted = Await.result(grants.get(admin, SessionKind.DEVICE_ADMIN, id));
    assertThat(granted.sudo()).isEqualTo(new Sudo(true, true));
    assertThat(granted.remarks()).isEqualTo("Driver update");
    assertThat(granted.version()).isEqualTo(1);
    long later = granted.expiresAt() + 1_234;
    List<Future<?>> twice = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      twice.add(
          grants.change(admin, SessionKind.DEVICE_ADMIN, id, new GrantChange(later, null, null)));
    }
    Await.result(Future.join(twice).otherwiseEmpty());
    AccessGrant prolonged = Await.result(grants.get(admin, SessionKind.DEVICE_ADMIN, id));
    assertThat(prolonged.expiresAt()).as("not moved twice").isEqualTo(later);
    assertThat(prolonged.version()).isEqualTo(2);
    refused(
        ErrorCode.INVALID_FIELD,
        () ->
            grants.change(
                admin, SessionKind.DEVICE_ADMIN, id, new GrantChange(later - 1, null, null)));
    refused(
        ErrorCode.OVER_MAXIMUM_DURATION,
        () ->
            grants.change(
                admin,
                SessionKind.DEVICE_ADMIN,
                id,
                new GrantChange(later + Duration.ofDays(2).toMillis(), null, null)));
    AccessGrant revoked = Await.result(grants.revoke(admin, SessionKind.DEVICE_ADMIN, id, "Over"));
    assertThat(revoked.reason()).isEqualTo(EndReason.REVOKED);
    assertThat(revoked.version()).isEqualTo(3);
    assertThat(Await.result(grants.revoke(admin, SessionKind.DEVICE_ADMIN, id, null)))
        .as("as it ended")
        .isEqualTo(revoked);
  }

  @Test
  void refusedGrant_leavesNothingBehind() throws Exception {
    Principal user = node.user(Role.USER);
    try (DirectSql sql = sql()) {
      long before = sql.number("SELECT count(*) FROM access_grant");
      refused(
          ErrorCode.OVER_MAXIMUM_DURATION,
          () ->
              node.directory()
                  .grants()
                  .grant(
                      admin,
                      new NewGrant(
                          SessionKind.TIMED_ACCESS,
                          user.username(),
                          "crm",
                          null,
                          0,
                          Duration.ofDays(30),
                          null,
                          null,
                          null)));
      assertThat(sql.number("SELECT count(*) FROM access_grant")).isEqualTo(before);
    }
    refused(
        ErrorCode.FORBIDDEN,
        () ->
            node.directory()
                .grants()
                .grant(
                    user,
                    new NewGrant(
                        SessionKind.TIMED_ACCESS,
                        user.username(),
                        "crm",
                        null,
                        0,
                        HOUR,
                        null,
                        null,
                        null)));
  }

  @Test
  void timedAccess_toAnAdministeredResource_isShownByItsName() {
    Principal user = node.user(Role.USER);
    String name = TestNode.name("resource");
    UUID resource =
        Await.result(
                node.directory()
                    .resources()
                    .create(admin, new NewResource(name, "none", List.of())))
            .id();
    for (String named : List.of(name, resource.toString())) {
      SessionDetail session =
          Await.result(
              node.directory()
                  .grants()
                  .grant(
                      admin,
                      new NewGrant(
                          SessionKind.TIMED_ACCESS,
                          user.username(),
                          named,
                          null,
                          0,
                          HOUR,
                          null,
                          null,
                          null)));
      assertThat(session.attributes())
          .isEqualTo(new SessionAttributes(null, null, null, null, resource.toString(), name));
    }
  }
}
