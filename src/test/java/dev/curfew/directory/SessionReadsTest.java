package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Authorisation.Intent;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Page;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionAttributes;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.Transition;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SessionReadsTest {
  private static TestNode node;
  private static SessionReads reads;
  private static Principal admin;
  private static Principal orgAdmin;
  private static Principal ann;
  private static Principal bob;
  private static SessionDetail annsJump;
  private static SessionDetail annsDevice;
  private static SessionDetail annsEnded;
  private static SessionDetail bobs;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    reads = node.directory().sessionReads();
    admin = node.admin();
    Realm realm = node.realm(Tier.BUSINESS);
    orgAdmin = node.user(realm.name(), Role.ORG_ADMIN);
    ann = node.user(realm.name(), Role.USER);
    bob = node.user(realm.name(), Role.USER);
    annsJump =
        open(
            ann,
            SessionRequest.of(SessionKind.JUMP).with(SessionAttributes.jump(8, "jump_client")));
    annsDevice =
        open(
            ann,
            SessionRequest.of(SessionKind.DEVICE_ADMIN)
                .with(new SessionAttributes(null, null, "d-17", "Build-Mac-3", null, null)));
    annsEnded = open(ann, SessionRequest.of(SessionKind.ACCESS));
    Await.result(node.directory().sessionChanges().revoke(orgAdmin, annsEnded.id(), "enough"));
    bobs = open(bob, SessionRequest.of(SessionKind.ACCESS));
    open(admin, SessionRequest.of(SessionKind.ACCESS));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static SessionDetail open(Principal by, SessionRequest request) {
    return Await.result(
        node.directory().sessionOpenings().open(by, request.lasting(Duration.ofHours(1))));
  }

  private static List<UUID> ids(Page<SessionDetail> page) {
    return page.items().stream().map(SessionDetail::id).toList();
  }

  private static List<UUID> list(Principal by, SessionFilter filter) {
    Page<SessionDetail> page = Await.result(reads.list(by, filter, PageRequest.FIRST));
    assertThat(Await.result(reads.count(by, filter))).isEqualTo(page.items().size());
    return ids(page);
  }

  @Test
  void list_isOfTheRealmNewestFirst() {
    assertThat(list(orgAdmin, SessionFilter.ALL))
        .containsExactly(bobs.id(), annsEnded.id(), annsDevice.id(), annsJump.id());
  }

  @Test
  void list_ofTheAdministratorOfAllIsOfAllRealmsOrOne() {
    assertThat(list(admin, SessionFilter.ALL)).hasSize(5);
    assertThat(list(admin, SessionFilter.ALL.inRealm(orgAdmin.realm()))).hasSize(4);
    assertThat(list(admin, SessionFilter.ALL.inRealm("root"))).hasSize(1);
    refused(
        ErrorCode.NOT_FOUND,
        () -> reads.list(admin, SessionFilter.ALL.inRealm("nowhere"), PageRequest.FIRST));
    refused(
        ErrorCode.NOT_FOUND,
        () -> reads.list(orgAdmin, SessionFilter.ALL.inRealm("root"), PageRequest.FIRST));
  }

  @Test
  void filters_narrow() {
    SessionFilter all = SessionFilter.ALL;
    assertThat(list(orgAdmin, all.ofKinds(Set.of(SessionKind.JUMP))))
        .containsExactly(annsJump.id());
    assertThat(list(orgAdmin, all.inStates(Set.of(SessionState.APPROVED))))
        .containsExactly(annsJump.id());
    assertThat(list(orgAdmin, all.endedFor(Set.of(EndReason.REVOKED, EndReason.LOST))))
        .containsExactly(annsEnded.id());
    assertThat(list(orgAdmin, all.ofUser(bob.username()))).containsExactly(bobs.id());
    assertThat(list(orgAdmin, all.ofUser(Integer.toString(ann.userId())))).hasSize(3);
    assertThat(
            list(
                orgAdmin,
                all.ofUser(ann.userUuid().toString())
                    .inStates(Set.of(SessionState.ACTIVE))
                    .ofKinds(Set.of(SessionKind.DEVICE_ADMIN, SessionKind.JUMP))))
        .containsExactly(annsDevice.id());
    assertThat(list(orgAdmin, all.naming("build-mac"))).containsExactly(annsDevice.id());
    assertThat(list(orgAdmin, all.naming(bob.username().toUpperCase(Locale.ROOT))))
        .containsExactly(bobs.id());
    assertThat(list(orgAdmin, all.naming("%"))).isEmpty();
    refused(
        ErrorCode.NOT_FOUND, () -> reads.list(orgAdmin, all.ofUser("admin"), PageRequest.FIRST));
    refused(
        ErrorCode.INVALID_FIELD, () -> reads.list(orgAdmin, all.naming("\0"), PageRequest.FIRST));
  }

  @Test
  void pages_goThroughEverythingOnce() {
    List<UUID> seen = new ArrayList<>();
    String after = null;
    do {
      Page<SessionDetail> page =
          Await.result(reads.list(admin, SessionFilter.ALL, new PageRequest(2, after)));
      seen.addAll(ids(page));
      after = page.next();
    } while (after != null);
    assertThat(seen).isEqualTo(list(admin, SessionFilter.ALL));
    assertThat(
            ids(
                Await.result(
                    reads.list(admin, SessionFilter.ALL, PageRequest.behind(2, seen.get(1))))))
        .isEqualTo(seen.subList(2, 4));
    refused(
        ErrorCode.BAD_CURSOR,
        () -> reads.list(admin, SessionFilter.ALL, new PageRequest(2, "bm90LWEtdXVpZA")));
  }

  @Test
  void own_isTheCallersWhateverTheFilterSays() {
    Page<SessionDetail> own =
        Await.result(reads.own(ann, SessionFilter.ALL.ofUser(bob.username()), PageRequest.FIRST));
    assertThat(ids(own)).containsExactly(annsEnded.id(), annsDevice.id(), annsJump.id());
    assertThat(
            ids(
                Await.result(
                    reads.own(
                        ann,
                        SessionFilter.ALL.inStates(Set.of(SessionState.ENDED)),
                        PageRequest.FIRST))))
        .containsExactly(annsEnded.id());
  }

  @Test
  void plainUser_listsNobodyElses() {
    refused(ErrorCode.FORBIDDEN, () -> reads.list(ann, SessionFilter.ALL, PageRequest.FIRST));
    refused(ErrorCode.FORBIDDEN, () -> reads.count(ann, SessionFilter.ALL));
  }

  @Test
  void get_isForTheUserAdministratorsAndAuditors() {
    Principal auditor = node.user(orgAdmin.realm(), Role.AUDITOR);
    for (Principal reader : List.of(ann, orgAdmin, auditor, admin)) {
      assertThat(Await.result(reads.get(reader, annsJump.id(), Intent.READ)).id())
          .isEqualTo(annsJump.id());
    }
    refused(ErrorCode.FORBIDDEN, () -> reads.get(bob, annsJump.id(), Intent.READ));
    refused(ErrorCode.FORBIDDEN, () -> reads.get(auditor, annsJump.id(), Intent.CHANGE));
    refused(ErrorCode.NOT_FOUND, () -> reads.get(bob, UUID.randomUUID(), Intent.READ));
    Principal stranger = node.user(Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> reads.get(stranger, annsJump.id(), Intent.READ));
    refused(ErrorCode.NOT_FOUND, () -> reads.getForGateway(stranger, annsJump.id()));
    assertThat(Await.result(reads.getForGateway(bob, annsJump.id())).id()).isEqualTo(annsJump.id());
  }

  @Test
  void history_isEveryTransitionInOrder() {
    List<Transition> history = Await.result(reads.history(annsEnded.id()));
    assertThat(history).hasSize(3);
    assertThat(history.get(0).from()).isNull();
    assertThat(history.get(0).to()).isEqualTo(SessionState.ACTIVE);
    assertThat(history.get(0).by()).isEqualTo(ann.username());
    assertThat(history.get(1).from()).isEqualTo(SessionState.ACTIVE);
    assertThat(history.get(1).to()).isEqualTo(SessionState.ENDING);
    assertThat(history.get(1).reason()).isEqualTo(EndReason.REVOKED);
    assertThat(history.get(1).by()).isEqualTo(orgAdmin.username());
    assertThat(history.get(1).remark()).isEqualTo("enough");
    assertThat(history.get(2).to()).isEqualTo(SessionState.ENDED);
    assertThat(history).extracting(Transition::at).isSorted();
  }

  @Test
  void liveOf_isOldestFirstAndWithoutTheEnded() {
    assertThat(Await.result(reads.liveOf(ann.userId(), Set.of())))
        .extracting(SessionDetail::id)
        .containsExactly(annsJump.id(), annsDevice.id());
    assertThat(Await.result(reads.liveOf(ann.userId(), Set.of(SessionKind.JUMP))))
        .extracting(SessionDetail::id)
        .containsExactly(annsJump.id());
  }

  @Test
  void reading_doesNotCountAsActivity() {
    long before = Await.result(reads.get(bob, bobs.id(), Intent.READ)).lastAccessAt();
    Await.result(reads.list(orgAdmin, SessionFilter.ALL, PageRequest.FIRST));
    assertThat(Await.result(reads.get(bob, bobs.id(), Intent.READ)).lastAccessAt())
        .isEqualTo(before);
    Await.result(node.sessions().ask(new Command.Touch(bobs.id())));
    Await.until(
        "activity is shown",
        () -> Await.result(reads.get(bob, bobs.id(), Intent.READ)).lastAccessAt() > before);
  }
}
