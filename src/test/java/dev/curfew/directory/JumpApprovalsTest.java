package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ApprovalScope;
import dev.curfew.realm.JumpRequest;
import dev.curfew.realm.Policy;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class JumpApprovalsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int RACES = 300;

  private static TestNode node;
  private static JumpApprovals approvals;
  private static Principal admin;
  private static Principal user;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    approvals = node.directory().jumpApprovals();
    admin = node.admin();
    user = node.user(Role.USER);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JumpRequestTerms terms(Principal whose, long item, long start, Duration length) {
    return new JumpRequestTerms(whose.userId(), "jump_client", item, start, length, "Maintenance");
  }

  private static JumpRequest ask(Principal whose) {
    return ask(whose, 8);
  }

  private static JumpRequest ask(Principal whose, long item) {
    return Await.result(approvals.request(whose, terms(whose, item, node.clock().now(), HOUR)));
  }

  private static Future<JumpRequest> approve(JumpRequest request) {
    return approvals.answer(admin, request.id(), admin.userId(), true, null);
  }

  private static Future<JumpRequest> cancel(JumpRequest request) {
    return approvals.cancel(user, request.id(), user.userId());
  }

  private static JumpRequest now(JumpRequest request) {
    return Await.result(approvals.get(admin, request.userId(), request.id()));
  }

  private static List<SessionDetail> sessionsOf(Principal whose) {
    return Await.result(
        node.directory().sessionReads().liveOf(whose.userId(), Set.of(SessionKind.JUMP)));
  }

  private static SessionDetail sessionOf(JumpRequest request) {
    return Await.result(node.directory().sessionReads().getForGateway(admin, request.sessionId()));
  }

  private static Policy policy(ApprovalScope scope, Duration longest) {
    Policy made =
        Await.result(
            node.directory()
                .policies()
                .create(admin, null, PolicyTerms.named(TestNode.name("policy"))));
    return Await.result(
        node.directory()
            .policies()
            .changeApproval(
                admin, made.id(), true, longest, scope, List.of(Duration.ofMinutes(2))));
  }

  private static long item(Policy policy) {
    long item = 1_000 + policy.id();
    Await.result(
        node.directory().jumpItems().bind(admin, "jump_client", item, "item", policy.id()));
    return item;
  }

  private static DirectSql sql() throws Exception {
    return DirectSql.open(node.store().endpoint());
  }

  @Test
  void approved_opensTheSessionOfTheRequest() throws Exception {
    JumpRequest asked = ask(user);
    assertThat(asked.state()).isEqualTo(JumpRequest.State.PENDING);
    JumpRequest approved = Await.result(approve(asked));
    assertThat(approved.state()).isEqualTo(JumpRequest.State.APPROVED);
    SessionDetail session = sessionOf(asked);
    assertThat(session.numericId()).isEqualTo(asked.id());
    assertThat(session.startedAt()).isEqualTo(asked.startsAt());
    assertThat(session.expiresAt()).isEqualTo(asked.endsAt());
    assertThat(session.createdBy()).as("who asked").isEqualTo(user.userId());
    assertThat(session.attributes().jumpItemId()).isEqualTo(8);
    try (DirectSql sql = sql()) {
      assertThat(
              sql.value(
                  "SELECT data -> 'by' ->> 'name' FROM event WHERE session_id = ?"
                      + " AND type = 'dev.curfew.session.approved'",
                  session.id()))
          .as("who approved")
          .isEqualTo(admin.username());
    }
  }

  @Test
  void approvedForLater_waitsForItsStart() {
    long start = node.clock().now() + HOUR.toMillis();
    JumpRequest asked = Await.result(approvals.request(user, terms(user, 8, start, HOUR)));
    Await.result(approve(asked));
    assertThat(sessionOf(asked).startedAt()).isEqualTo(start);
    refused(
        ErrorCode.WRONG_STATE,
        () -> node.directory().sessionChanges().activate(admin, asked.sessionId()));
  }

  @Test
  void inUse_fromTheFirstUseOn() {
    JumpRequest asked = ask(user);
    Await.result(approve(asked));
    Await.result(node.directory().sessionChanges().activate(admin, asked.sessionId()));
    assertThat(now(asked).state()).isEqualTo(JumpRequest.State.IN_USE);
    Await.result(node.directory().sessionChanges().revoke(admin, asked.sessionId(), null));
    assertThat(now(asked).state()).isEqualTo(JumpRequest.State.IN_USE);
  }

  @Test
  void sameAnswerAgain_changesNothing_anotherIsRefused() {
    JumpRequest asked = ask(user);
    Await.result(approve(asked));
    assertThat(Await.result(approve(asked)).state()).isEqualTo(JumpRequest.State.APPROVED);
    refused(
        ErrorCode.WRONG_STATE,
        () -> approvals.answer(admin, asked.id(), admin.userId(), false, null));
    Principal second = node.user(Role.ORG_ADMIN);
    refused(
        ErrorCode.WRONG_STATE,
        () -> approvals.answer(second, asked.id(), second.userId(), true, null));
    refused(ErrorCode.WRONG_STATE, () -> cancel(asked));
  }

  @Test
  void deniedOrCancelled_opensNothing() {
    JumpRequest denied = ask(user);
    JumpRequest answer =
        Await.result(approvals.answer(admin, denied.id(), admin.userId(), false, "Not today"));
    assertThat(answer.state()).isEqualTo(JumpRequest.State.DENIED);
    assertThat(answer.comments()).isEqualTo("Not today");
    JumpRequest cancelled = ask(user);
    assertThat(Await.result(cancel(cancelled)).state()).isEqualTo(JumpRequest.State.CANCELLED);
    assertThat(Await.result(cancel(cancelled)).state()).isEqualTo(JumpRequest.State.CANCELLED);
    refused(ErrorCode.WRONG_STATE, () -> approve(cancelled));
    for (JumpRequest request : List.of(denied, cancelled)) {
      refused(
          ErrorCode.NOT_FOUND,
          () -> node.directory().sessionReads().getForGateway(admin, request.sessionId()));
    }
  }

  @Test
  void pending_isCancelledWhenItsTimeHasPassed() throws Exception {
    JumpRequest asked = ask(user);
    try (DirectSql sql = sql()) {
      sql.run(
          "UPDATE jump_request SET ends_at = clock_timestamp(), starts_at = starts_at"
              + " - interval '2 hours' WHERE id = ?",
          asked.id());
      assertThat(now(asked).state()).isEqualTo(JumpRequest.State.CANCELLED);
      refused(ErrorCode.WRONG_STATE, () -> approve(asked));
      Await.result(node.directory().approvedOpenings().sweep());
      assertThat(sql.value("SELECT state FROM jump_request WHERE id = ?", asked.id()))
          .isEqualTo("cancelled");
    }
  }

  @Test
  void crashBetweenApprovalAndOpening_heals() throws Exception {
    JumpRequest retried = ask(user);
    JumpRequest swept = ask(user);
    try (DirectSql sql = sql()) {
      // As a node leaves it that stops right after the approval's commit.
      for (JumpRequest request : List.of(retried, swept)) {
        sql.run(
            "UPDATE jump_request SET state = 'approved', answered_by = ?,"
                + " answered_at = clock_timestamp() - interval '1 minute' WHERE id = ?",
            admin.userId(),
            request.id());
      }
      Await.result(approve(retried));
      assertThat(sessionOf(retried).numericId()).isEqualTo(retried.id());
      Await.result(node.directory().approvedOpenings().sweep());
      assertThat(sessionOf(swept).numericId()).isEqualTo(swept.id());
      Await.result(node.directory().approvedOpenings().sweep());
      assertThat(
              sql.number(
                  "SELECT count(*) FROM event WHERE session_id = ?"
                      + " AND type = 'dev.curfew.session.approved'",
                  swept.sessionId()))
          .isEqualTo(1);
    }
  }

  @Test
  void crashBeforeOpening_andTheTimePasses_isCancelled() throws Exception {
    JumpRequest asked = ask(user);
    try (DirectSql sql = sql()) {
      sql.run(
          "UPDATE jump_request SET state = 'approved', answered_by = ?, answered_at ="
              + " clock_timestamp() - interval '1 minute', starts_at = starts_at - interval '2"
              + " hours', ends_at = ends_at - interval '2 hours' WHERE id = ?",
          admin.userId(),
          asked.id());
    }
    Await.result(node.directory().approvedOpenings().sweep());
    assertThat(now(asked).state()).isEqualTo(JumpRequest.State.CANCELLED);
    assertThat(now(asked).comments()).contains("could not be opened");
  }

  @Test
  void duration_isBoundedByApprovalPolicyAndTier_neverShortened() {
    long item = item(policy(ApprovalScope.REQUESTOR, Duration.ofMinutes(30)));
    long start = node.clock().now();
    CurfewException tooLong =
        refused(
            ErrorCode.OVER_MAXIMUM_DURATION,
            () -> approvals.request(user, terms(user, item, start, Duration.ofMinutes(31))));
    assertThat(tooLong.field()).isEqualTo("duration");
    Await.result(approvals.request(user, terms(user, item, start, Duration.ofMinutes(30))));
    Principal free = node.user(node.realm(Tier.FREE).name(), Role.USER);
    refused(
        ErrorCode.OVER_MAXIMUM_DURATION,
        () -> approvals.request(free, terms(free, 8, start, Duration.ofHours(3))));
  }

  @Test
  void start_mustLieWithinReach() {
    long now = node.clock().now();
    assertThat(
            refused(
                    ErrorCode.INVALID_FIELD,
                    () -> approvals.request(user, terms(user, 8, now - HOUR.toMillis(), HOUR)))
                .field())
        .isEqualTo("start");
    refused(
        ErrorCode.INVALID_FIELD,
        () -> approvals.request(user, terms(user, 8, now + Duration.ofDays(400).toMillis(), HOUR)));
  }

  @Test
  void scopeAnyone_servesOthersWithinItsTime_scopeRequestorDoesNot() {
    Principal other = node.user(Role.USER);
    long shared = item(policy(ApprovalScope.ANYONE, HOUR));
    JumpRequest first = ask(user, shared);
    assertThat(ask(other, shared).state())
        .as("not approved yet")
        .isEqualTo(JumpRequest.State.PENDING);
    Await.result(approve(first));
    long start = first.startsAt() + 1_000;
    JumpRequest covered =
        Await.result(approvals.request(other, terms(other, shared, start, Duration.ofMinutes(10))));
    assertThat(covered.state()).isEqualTo(JumpRequest.State.APPROVED);
    assertThat(sessionOf(covered).user().numericId()).isEqualTo(other.userId());
    JumpRequest beyond =
        Await.result(approvals.request(other, terms(other, shared, start + 60_000, HOUR)));
    assertThat(beyond.state())
        .as("longer than what was approved")
        .isEqualTo(JumpRequest.State.PENDING);
    Await.result(node.directory().sessionChanges().revoke(admin, first.sessionId(), null));
    JumpRequest late =
        Await.result(approvals.request(other, terms(other, shared, start, Duration.ofMinutes(10))));
    assertThat(late.state()).as("revoked with its session").isEqualTo(JumpRequest.State.PENDING);

    long own = item(policy(ApprovalScope.REQUESTOR, HOUR));
    JumpRequest mine = ask(user, own);
    Await.result(approve(mine));
    assertThat(
            Await.result(
                    approvals.request(
                        other, terms(other, own, mine.startsAt(), Duration.ofMinutes(10))))
                .state())
        .isEqualTo(JumpRequest.State.PENDING);
  }

  @Test
  void whoMayAnswer() {
    JumpRequest asked = ask(user);
    refused(
        ErrorCode.FORBIDDEN, () -> approvals.answer(user, asked.id(), user.userId(), true, null));
    Principal auditor = node.user(Role.AUDITOR);
    refused(
        ErrorCode.FORBIDDEN,
        () -> approvals.answer(auditor, asked.id(), auditor.userId(), true, null));
    refused(
        ErrorCode.FORBIDDEN, () -> approvals.answer(admin, asked.id(), user.userId(), true, null));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(
        ErrorCode.NOT_FOUND,
        () -> approvals.answer(stranger, asked.id(), stranger.userId(), true, null));
    refused(ErrorCode.NOT_FOUND, () -> approvals.answer(admin, 999_999_999, 1, true, null));
    refused(
        ErrorCode.INVALID_FIELD, () -> approvals.answer(admin, asked.id(), 999_999, true, null));
    assertThat(now(asked).state()).isEqualTo(JumpRequest.State.PENDING);
    Principal manager = node.user(Role.USER);
    assertThat(
            Await.result(approvals.answer(admin, asked.id(), manager.userId(), true, null))
                .approver())
        .isEqualTo(new JumpRequest.Approver(manager.userId(), manager.username()));
    Principal organisation = node.user(Role.ORG_ADMIN);
    JumpRequest own = ask(organisation);
    Await.result(approvals.answer(organisation, own.id(), organisation.userId(), true, null));
  }

  @Test
  void quota_holdsForApprovals() {
    Principal busy = node.user(Role.USER);
    PolicyTerms one =
        new PolicyTerms(TestNode.name("policy"), null, null, null, null, 1, false, null);
    long item = item(Await.result(node.directory().policies().create(admin, null, one)));
    Await.result(approve(ask(busy, item)));
    JumpRequest second = ask(busy, item);
    refused(ErrorCode.WRONG_STATE, () -> approve(second));
    assertThat(now(second).state()).isEqualTo(JumpRequest.State.PENDING);
  }

  @Test
  void approveAgainstCancel_oneOfThemIsDone() throws Exception {
    List<JumpRequest> requests = asked(RACES);
    List<Future<?>> calls = new ArrayList<>();
    for (int i = 0; i < RACES; i++) {
      JumpRequest request = requests.get(i);
      if (i % 2 == 0) {
        calls.add(approve(request));
        calls.add(cancel(request));
      } else {
        calls.add(cancel(request));
        calls.add(approve(request));
      }
    }
    Await.result(Future.join(calls).otherwiseEmpty());
    for (int i = 0; i < RACES; i++) {
      assertThat(calls.get(2 * i).succeeded())
          .as("one and not the other")
          .isNotEqualTo(calls.get(2 * i + 1).succeeded());
    }
    assertSessionsAgree(requests);
  }

  @Test
  void twoApprovers_andTheSameTwice_openOneSession() throws Exception {
    Principal second = node.user(Role.ORG_ADMIN);
    List<JumpRequest> requests = asked(RACES);
    List<Future<?>> calls = new ArrayList<>();
    for (JumpRequest request : requests) {
      calls.add(approve(request));
      calls.add(approvals.answer(second, request.id(), second.userId(), true, null));
      calls.add(approve(request));
      calls.add(approvals.answer(second, request.id(), second.userId(), false, null));
    }
    Await.result(Future.join(calls).otherwiseEmpty());
    for (int i = 0; i < RACES; i++) {
      boolean byFirst = calls.get(4 * i).succeeded() || calls.get(4 * i + 2).succeeded();
      boolean bySecond = calls.get(4 * i + 1).succeeded();
      boolean denied = calls.get(4 * i + 3).succeeded();
      assertThat(List.of(byFirst, bySecond, denied)).as("one answer counts").containsOnlyOnce(true);
    }
    assertSessionsAgree(requests);
  }

  private static List<JumpRequest> asked(int count) {
    List<Future<JumpRequest>> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asked.add(approvals.request(user, terms(user, 8, node.clock().now(), HOUR)));
    }
    Await.result(Future.all(asked));
    return asked.stream().map(Future::result).toList();
  }

  /** Approved requests have one session each, opened once; all others have none. */
  private static void assertSessionsAgree(List<JumpRequest> requests) throws Exception {
    Long[] ids = requests.stream().map(JumpRequest::id).toArray(Long[]::new);
    try (DirectSql sql = sql()) {
      assertThat(
              sql.number(
                  "SELECT count(*) FROM jump_request q LEFT JOIN session s ON s.numeric_id = q.id"
                      + " WHERE q.id = ANY(?)"
                      + " AND (q.state = 'approved') <> (s.id IS NOT NULL AND s.id = q.session_id)",
                  (Object) ids))
          .as("requests whose state and session disagree")
          .isZero();
      assertThat(
              sql.column(
                  "SELECT s.numeric_id FROM session s JOIN event e ON e.session_id = s.id"
                      + " WHERE s.numeric_id = ANY(?) AND e.type = 'dev.curfew.session.approved'"
                      + " GROUP BY 1 HAVING count(*) <> 1",
                  (Object) ids))
          .as("sessions approved more than once")
          .isEmpty();
    }
  }

  @Test
  void realms_doNotSeeEachOthersRequests() {
    JumpRequest asked = ask(user);
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.INVALID_FIELD, () -> approvals.list(stranger, user.userId(), null, 10, 1));
    refused(ErrorCode.INVALID_FIELD, () -> approvals.get(stranger, user.userId(), asked.id()));
    refused(ErrorCode.NOT_FOUND, () -> approvals.get(stranger, stranger.userId(), asked.id()));
    refused(ErrorCode.NOT_FOUND, () -> approvals.cancel(stranger, asked.id(), stranger.userId()));
    Principal other = node.user(Role.USER);
    refused(ErrorCode.FORBIDDEN, () -> approvals.list(other, user.userId(), null, 10, 1));
    refused(ErrorCode.FORBIDDEN, () -> approvals.cancel(other, asked.id(), other.userId()));
    refused(
        ErrorCode.FORBIDDEN,
        () -> approvals.request(other, terms(user, 8, node.clock().now(), HOUR)));
    assertThat(sessionsOf(other)).isEmpty();
  }
}
