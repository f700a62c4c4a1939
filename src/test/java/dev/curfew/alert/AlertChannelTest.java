package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.store.EventCursor;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for a connection of every channel alike. */
class AlertChannelTest extends AlertNodeTest {
  private static final AlertHub.Options OPTIONS =
      new AlertHub.Options(
          Duration.ofMillis(200),
          Duration.ofSeconds(15),
          Duration.ofMillis(300),
          Duration.ofSeconds(10),
          // Nothing here may be owed to a recheck.
          Duration.ofHours(1),
          Duration.ofSeconds(2));

  private final AlertClient.Factory clients = new AlertClient.Factory();

  AlertChannelTest() {
    super(OPTIONS);
  }

  @AfterEach
  void leave() {
    clients.close();
  }

  @ParameterizedTest
  @EnumSource
  void withoutCursor_onlyWhatComesIsTold(AlertChannel channel) throws Exception {
    log.write("before");
    node.nudge();
    AlertReader early = channel.connect(clients, node, admin, "?after=" + EventCursor.START.text());
    early.awaitNames("before");
    AlertReader reader = channel.connect(clients, node, admin, "");

    log.write("after");
    node.nudge();

    reader.awaitNames("after");
    early.awaitNames("before", "after");
  }

  @ParameterizedTest
  @EnumSource
  void filtersAndReach_areApplied(AlertChannel channel) throws Exception {
    UUID session = UUID.randomUUID();
    String own = keys.add(AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ));
    String ended = "dev.curfew.session.ended";
    AlertReader narrow =
        channel.connect(clients, node, admin, "?user=user2&types=" + ended + "&session=" + session);
    AlertReader user = channel.connect(clients, node, own, "");
    AlertReader all = channel.connect(clients, node, admin, "");
    AlertReader acme = channel.connect(clients, node, admin, "?realm=acme");
    AlertReader root = channel.connect(clients, node, admin, "?realm=root&types=" + ended);

    log.write(ended, 1, session, 2L, "a");
    log.write("dev.curfew.session.started", 1, session, 2L, "b");
    log.write(ended, 1, session, 1L, "c");
    log.write("dev.curfew.auth.login", 1, null, 2L, "d");
    log.write(ended, 2, UUID.randomUUID(), 3L, "e");
    log.write(ended, 1, session, 2L, "f");
    node.nudge();

    all.awaitNames("a", "b", "c", "d", "e", "f");
    narrow.awaitNames("a", "f");
    acme.awaitNames("e");
    root.awaitNames("a", "c", "f");
    user.awaitNames("a", "b", "f");
  }

  @ParameterizedTest
  @EnumSource
  void lateCommit_duringTheSwitchIsToldInItsPlace(AlertChannel channel) throws Exception {
    List<AlertReader> readers = new ArrayList<>();
    String start = "?after=" + EventCursor.START.text();
    log.write("first");
    AlertReader witness = channel.connect(clients, node, admin, start);
    witness.awaitNames("first");
    List<String> expected = new ArrayList<>(List.of("first"));
    for (int i = 0; i < 10; i++) {
      try (DirectSql slow = DirectSql.open(node.endpoint()).begin()) {
        new TestLog(slow).write("slow" + i);
        log.write("quick" + i);
        node.nudge();
        // It replays what can be read, and is live before the rest can be.
        readers.add(channel.connect(clients, node, admin, start));
        slow.commit();
      }
      node.nudge();
      expected.addAll(List.of("slow" + i, "quick" + i));
    }

    readers.add(witness);
    for (AlertReader reader : readers) {
      reader.awaitNames(expected.toArray(String[]::new));
    }
  }

  @ParameterizedTest
  @EnumSource
  void stalledReader_isCutAndResumesWithEverything(AlertChannel channel) throws Exception {
    AlertReader stalled = channel.connect(clients, node, admin, "");
    AlertReader other = channel.connect(clients, node, admin, "");
    log.write("first");
    node.nudge();
    stalled.awaitNames("first");
    stalled.pause();
    int written = 0;
    while (written < 1_000 && node.hub().readersCut() == 0) {
      writeBulk(written, 100);
      written += 100;
      node.nudge();
      int expected = written + 1;
      Await.until("others are told", () -> other.names().size() == expected);
    }
    Await.until("cut", () -> node.hub().readersCut() > 0);
    stalled.resume();

    stalled.awaitEnd();
    assertThat(stalled.names().size()).isLessThan(written);
    AlertReader resumed = channel.connect(clients, node, admin, "?after=" + stalled.lastId());
    int all = written + 1;
    Await.until("all", () -> stalled.names().size() + resumed.names().size() == all);
    List<String> names = new ArrayList<>(stalled.names());
    names.addAll(resumed.names());
    assertThat(names).isEqualTo(other.names());
  }

  /** Events of 64 KiB, so that few fill every buffer on the way. */
  private void writeBulk(int from, int count) throws Exception {
    sql.run(
        "INSERT INTO event (type, realm_id, session_id, user_id, at, data)"
            + " SELECT 'dev.curfew.session.started', 1, gen_random_uuid(), 1, clock_timestamp(),"
            + " jsonb_build_object('name', 'bulk' || (i + ?), 'ballast', repeat('x', 60000))"
            + " FROM generate_series(1, ?) i ORDER BY i",
        from,
        count);
  }

  @ParameterizedTest
  @EnumSource
  void expiredCredential_closesItsConnectionOnTime(AlertChannel channel) throws Exception {
    long expiresAt = System.currentTimeMillis() + 1_500;
    String shortLived = keys.add(expiringAt(expiresAt));
    AlertReader reader = channel.connect(clients, node, shortLived, "");
    AlertReader witness = channel.connect(clients, node, admin, "");
    log.write("one");
    node.nudge();
    reader.awaitNames("one");

    reader.awaitEnd();

    long late = System.currentTimeMillis() - expiresAt;
    assertThat(late).isBetween(0L, 2_000L);
    assertThat(reader.reason()).isEqualTo("the credential has expired");
    log.write("two");
    node.nudge();
    witness.awaitNames("one", "two");
    assertThat(reader.names()).containsExactly("one");
    Await.until("gone", () -> node.hub().connections() == 1);
  }

  @ParameterizedTest
  @EnumSource
  void extendedCredential_keepsItsConnection(AlertChannel channel) throws Exception {
    long expiresAt = System.currentTimeMillis() + 1_500;
    String key = keys.add(expiringAt(expiresAt));
    AlertReader reader = channel.connect(clients, node, key, "");
    keys.change(key, expiringAt(expiresAt + 3_600_000));
    node.credentialsChanged();

    Await.until("past the first end", () -> System.currentTimeMillis() > expiresAt + 300);

    log.write("one");
    node.nudge();
    reader.awaitNames("one");
    assertThat(reader.isClosed()).isFalse();
  }

  private static Principal expiringAt(long expiresAt) {
    Principal forever = AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ);
    return new Principal(
        forever.userId(),
        forever.userUuid(),
        forever.username(),
        forever.realmId(),
        forever.realm(),
        forever.tier(),
        forever.roles(),
        forever.scopes(),
        forever.credentialId(),
        expiresAt);
  }

  @ParameterizedTest
  @EnumSource
  void withdrawnCredential_closesItsConnections(AlertChannel channel) {
    String key = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ));
    AlertReader reader = channel.connect(clients, node, key, "");
    AlertReader other = channel.connect(clients, node, admin, "");

    keys.revoke(key);
    node.credentialsChanged();

    reader.awaitEnd();
    assertThat(reader.reason()).isEqualTo("the credential is no longer valid");
    assertThat(other.isClosed()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void changedRights_closeTheConnectionsThatHadOthers(AlertChannel channel) {
    String key = keys.add(AlertNode.principal(2, 1, Role.ORG_ADMIN, Scope.AUDIT_READ));
    AlertReader reader = channel.connect(clients, node, key, "");

    keys.change(key, AlertNode.principal(2, 1, Role.USER, Scope.AUDIT_READ));
    node.credentialsChanged();

    reader.awaitEnd();
    assertThat(reader.reason()).contains("rights changed");
  }

  @ParameterizedTest
  @EnumSource
  void stop_saysGoodbye(AlertChannel channel) {
    AlertReader reader = channel.connect(clients, node, admin, "");

    node.stopHub();

    reader.awaitEnd();
    assertThat(reader.reason()).contains("the node stops");
  }

  @ParameterizedTest
  @EnumSource
  void lostNudge_delaysAnEventButDoesNotLoseIt(AlertChannel channel) throws Exception {
    AlertReader reader = channel.connect(clients, node, admin, "");

    log.write("unannounced");

    reader.awaitNames("unannounced");
  }
}
