package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Tier;
import dev.curfew.store.EventCursor;
import dev.curfew.store.LoggedEvent;
import dev.curfew.testing.Await;
import dev.curfew.testing.TestNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class JumpStatusesTest {
  private static TestNode node;
  private static Principal admin;
  private static Principal ann;
  private static Principal stranger;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    admin = node.admin();
    ann = node.user(node.realm(Tier.BUSINESS).name(), Role.USER);
    stranger = node.user(node.realm(Tier.BUSINESS).name(), Role.USER);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static List<SessionDetail> statuses() {
    return Await.result(node.directory().jumpStatuses().of(admin, ann.userId())).sessions();
  }

  private static SessionDetail open() {
    return Await.result(
        node.directory()
            .sessionOpenings()
            .open(
                admin,
                SessionRequest.of(SessionKind.JUMP)
                    .forUser(ann.userUuid().toString())
                    .lasting(Duration.ofMinutes(10))));
  }

  @Test
  void changeOfAnotherNode_isReadAnewOnceTheLogTellsOfIt() {
    SessionDetail opened = open();
    JumpStatuses.Status before =
        Await.result(node.directory().jumpStatuses().of(admin, ann.userId()));
    node.directory()
        .logged(
            List.of(
                new LoggedEvent(
                    EventCursor.START,
                    "dev.curfew.session.extended",
                    ann.realmId(),
                    ann.realm(),
                    opened.id(),
                    (long) ann.userId(),
                    0,
                    "{}")));
    assertThat(Await.result(node.directory().jumpStatuses().of(admin, ann.userId())))
        .isNotSameAs(before);
  }

  /** What was answered is seen by the very next question, however often it was asked before. */
  @Test
  void change_thatWasAnswered_isSeenAtOnce() {
    for (int round = 0; round < 50; round++) {
      statuses();
      SessionDetail opened = open();
      assertThat(statuses()).extracting(SessionDetail::id).contains(opened.id());
      SessionDetail extended =
          Await.result(
              node.directory().sessionChanges().extend(admin, opened.id(), Duration.ofMinutes(1)));
      assertThat(statuses())
          .filteredOn(status -> status.id().equals(opened.id()))
          .extracting(SessionDetail::expiresAt)
          .containsExactly(extended.expiresAt());
      Await.result(node.directory().sessionChanges().revoke(admin, opened.id(), null));
      assertThat(statuses())
          .filteredOn(status -> status.state().live())
          .extracting(SessionDetail::id)
          .doesNotContain(opened.id());
    }
  }

  @Test
  void user_ofAnotherRealm_isUnknownEvenWhenRemembered() {
    statuses();
    refused(ErrorCode.NOT_FOUND, () -> node.directory().jumpStatuses().of(stranger, ann.userId()));
    assertThat(Await.result(node.directory().jumpStatuses().of(ann, ann.userId())).user().id())
        .isEqualTo(ann.userUuid());
  }

  @Test
  void user_whoIsNot_isUnknown() {
    for (long nobody : new long[] {0, -1, 999_999, Long.MAX_VALUE}) {
      refused(ErrorCode.NOT_FOUND, () -> node.directory().jumpStatuses().of(admin, nobody));
    }
  }
}
