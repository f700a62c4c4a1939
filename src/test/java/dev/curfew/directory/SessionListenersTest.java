package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Role;
import dev.curfew.config.Secret;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.EndNotification;
import dev.curfew.realm.User;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.Tier;
import dev.curfew.store.DeliverySweep;
import dev.curfew.store.DueDelivery;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SessionListenersTest {
  private static final String URL = "https://agent.example.com/notify";

  private TestNode node;
  private SessionTokens tokens;
  private SessionListeners listeners;
  private DirectSql sql;
  private User user;

  @BeforeEach
  void start() throws Exception {
    node = TestNode.start();
    tokens = node.directory().sessionTokens();
    listeners = node.directory().sessionListeners();
    sql = DirectSql.open(node.store().endpoint());
    user =
        Await.result(
            node.directory()
                .users()
                .create(
                    node.admin(),
                    new NewUser(
                        TestNode.name("user"),
                        null,
                        null,
                        null,
                        Set.of(Role.USER),
                        node.realm(Tier.BUSINESS).name())));
  }

  @AfterEach
  void stop() throws Exception {
    sql.close();
    node.close();
  }

  private IssuedToken open() {
    return Await.result(tokens.open(user, Map.of(), ""));
  }

  private Future<Void> registration(IssuedToken issued, String url) {
    return listeners.registerListener(issued.session(), issued.token(), url);
  }

  private void register(IssuedToken issued) {
    Await.result(registration(issued, URL));
  }

  /** What is to be delivered, in order. */
  private List<EndNotification> pending() throws SQLException {
    List<EndNotification> pending = new ArrayList<>();
    for (String payload :
        sql.column("SELECT payload FROM delivery WHERE type = 'logout' ORDER BY number")) {
      pending.add(listeners.notification(due(payload)));
    }
    return pending;
  }

  private static DueDelivery due(String payload) {
    return new DueDelivery(
        UUID.randomUUID(),
        SessionListeners.LANES,
        1,
        "root",
        0,
        UUID.randomUUID(),
        1,
        "logout_1",
        "logout",
        0,
        0,
        0,
        0,
        null,
        payload);
  }

  private Initiator self() {
    return new Initiator(Initiator.Kind.USER, user.numericId(), user.username());
  }

  @Test
  void end_makesItsNotificationsDueOnce() throws Exception {
    IssuedToken issued = open();
    register(issued);
    register(issued);
    Await.result(registration(issued, "http://127.0.0.1:9000/agent"));
    register(open());
    assertThat(pending()).isEmpty();
    assertThat(sql.column("SELECT encode(token, 'escape') FROM session_listener").toString())
        .doesNotContain(issued.token().reveal());

    Await.result(tokens.end(issued.session(), self()));

    List<EndNotification> due = pending();
    assertThat(due)
        .extracting(EndNotification::url)
        .containsExactlyInAnyOrder(URL, "http://127.0.0.1:9000/agent");
    for (EndNotification each : due) {
      assertThat(each.sessionId()).isEqualTo(issued.session().id());
      assertThat(each.token()).isEqualTo(issued.token());
      assertThat(each.reason()).isEqualTo(EndReason.STOPPED);
      assertThat(each.endedAt()).isGreaterThanOrEqualTo(issued.session().startedAt());
    }
    assertThat(sql.column("SELECT payload FROM delivery").toString())
        .as("tokens stay encrypted")
        .doesNotContain(issued.token().reveal());
    assertThat(sql.number("SELECT count(DISTINCT lane_id) FROM delivery"))
        .as("a lane for each target")
        .isEqualTo(2);
    assertThat(sql.number("SELECT count(*) FROM session_listener"))
        .as("the session that lives")
        .isEqualTo(1);
  }

  @Test
  void everyWayToEnd_makesItsNotificationDue() throws Exception {
    IssuedToken revoked = open();
    IssuedToken expired = open();
    IssuedToken orphaned = open();
    for (IssuedToken each : List.of(revoked, expired, orphaned)) {
      register(each);
    }
    Await.result(tokens.end(revoked.session(), node.admin().administrator()));
    assertThat(pending()).extracting(EndNotification::reason).containsExactly(EndReason.REVOKED);

    sql.run(
        "UPDATE session SET expires_at = clock_timestamp() + interval '1 second' WHERE id = ?",
        expired.session().id());
    try (TestNode second = TestNode.on(node.store().endpoint())) {
      Await.until("it has expired", () -> pending().size() == 2);
      assertThat(pending())
          .extracting(EndNotification::reason)
          .containsExactly(EndReason.REVOKED, EndReason.EXPIRED);
      Await.result(second.directory().users().delete(second.admin(), user.id().toString()));
      assertThat(pending())
          .extracting(EndNotification::sessionId)
          .containsExactly(revoked.session().id(), expired.session().id(), orphaned.session().id());
    }
  }

  @Test
  void lane_isForgottenWhenNobodyListensThereAndNothingWasSent() throws Exception {
    IssuedToken issued = open();
    register(issued);
    DeliverySweep sweep = new DeliverySweep(node.store().database());
    Await.result(sweep.run(Duration.ZERO, 100));
    assertThat(sql.number("SELECT count(*) FROM lane")).as("somebody listens").isEqualTo(1);
    Await.result(tokens.end(issued.session(), self()));
    Await.result(sweep.run(Duration.ZERO, 100));
    assertThat(sql.number("SELECT count(*) FROM lane")).as("it is to be told").isEqualTo(1);
    sql.run("UPDATE delivery SET state = 'delivered', settled_at = now() - interval '1 minute'");
    Await.result(sweep.run(Duration.ZERO, 100));
    assertThat(sql.number("SELECT count(*) FROM lane")).isZero();
    IssuedToken another = open();
    register(another);
    Await.result(tokens.end(another.session(), self()));
    assertThat(pending())
        .extracting(EndNotification::sessionId)
        .containsExactly(another.session().id());
  }

  @Test
  void registration_thatRacesTheEndIsRefusedOrNotified() throws Exception {
    Set<UUID> registered = new HashSet<>();
    int refused = 0;
    for (int round = 0; round < 100; round++) {
      IssuedToken issued = open();
      Future<Boolean> end;
      Future<Boolean> registration;
      if (round % 2 == 0) {
        end = tokens.end(issued.session(), self());
        registration = registration(issued, URL).map(true).otherwise(false);
      } else {
        registration = registration(issued, URL).map(true).otherwise(false);
        end = tokens.end(issued.session(), self());
      }
      assertThat(Await.result(end)).isTrue();
      if (Await.result(registration)) {
        registered.add(issued.session().id());
      } else {
        refused++;
      }
    }
    assertThat(pending().stream().map(EndNotification::sessionId).toList())
        .containsExactlyInAnyOrderElementsOf(registered);
    assertThat(registered.size() + refused).isEqualTo(100);
  }

  @Test
  void badRegistrations_areRefused() {
    IssuedToken issued = open();
    for (String bad :
        List.of(
            "",
            "agent",
            "/notify",
            "ftp://agent/notify",
            "file:///etc/passwd",
            "http:///notify",
            "http://a b/",
            "http://agent/\0",
            "http://agent/" + "x".repeat(2_048))) {
      assertThat(refused(ErrorCode.INVALID_FIELD, () -> registration(issued, bad)).field())
          .isEqualTo("url");
    }
    for (int i = 0; i < 50; i++) {
      Await.result(registration(issued, "http://agent/" + i));
    }
    refused(ErrorCode.INVALID_FIELD, () -> registration(issued, "http://agent/more"));
    Await.result(registration(issued, "http://agent/7"));

    IssuedToken over = open();
    Await.result(tokens.end(over.session(), self()));
    refused(ErrorCode.NOT_FOUND, () -> registration(over, URL));
    refused(
        ErrorCode.NOT_FOUND,
        () -> listeners.registerListener(over.session(), Secret.of("other"), URL));
  }
}
