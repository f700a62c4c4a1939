package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.config.Secret;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Page;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.User;
import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class UsersTest {
  private static TestNode node;
  private static Users users;
  private static Principal admin;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    users = node.directory().users();
    admin = node.admin();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static NewUser named(String username) {
    return new NewUser(username, null, null, null, Set.of(), null);
  }

  private static User created(String username) {
    return Await.result(users.create(admin, named(username)));
  }

  @Test
  void newUser_isShownWithWhatWasGiven() {
    String username = TestNode.name("jdoe");
    User user =
        Await.result(
            users.create(
                admin,
                new NewUser(
                    "  " + username + " ",
                    "john@example.com",
                    "John Doe",
                    Secret.of("secret"),
                    Set.of(Role.USER, Role.AUDITOR),
                    Realm.ROOT)));
    assertThat(user.username()).isEqualTo(username);
    assertThat(user.email()).isEqualTo("john@example.com");
    assertThat(user.displayName()).isEqualTo("John Doe");
    assertThat(user.roles()).containsExactlyInAnyOrder(Role.USER, Role.AUDITOR);
    assertThat(user.numericId()).isGreaterThan(1);
    assertThat(user.realm()).isEqualTo("root");
    assertThat(Await.result(users.get(admin, username))).isEqualTo(user);
  }

  @Test
  void userWithoutRoles_isAUser() {
    assertThat(created(TestNode.name("plain")).roles()).containsExactly(Role.USER);
  }

  @Test
  void username_isTakenWhateverItsCase() {
    String username = TestNode.name("Taken");
    created(username);
    assertThat(
            refused(
                ErrorCode.ALREADY_EXISTS,
                () -> users.create(admin, named(username.toUpperCase(Locale.ROOT)))))
        .hasMessageContaining("username")
        .extracting("field")
        .isEqualTo("username");
  }

  @Test
  void username_isFreeAgainAfterDeletion_andInOtherRealms() {
    String username = TestNode.name("again");
    User first = created(username);
    Realm other = node.realm(Tier.FREE);
    Await.result(
        users.create(admin, new NewUser(username, null, null, null, Set.of(), other.name())));
    Await.result(users.delete(admin, first.id().toString()));
    assertThat(created(username).id()).isNotEqualTo(first.id());
  }

  @Test
  void badFields_areRefusedByName() {
    assertThat(refused(ErrorCode.INVALID_FIELD, () -> users.create(admin, named("   "))))
        .hasMessage("username must not be empty");
    assertThat(refused(ErrorCode.INVALID_FIELD, () -> users.create(admin, named("a\0b"))))
        .hasMessage("username must not contain the NUL character");
    assertThat(refused(ErrorCode.INVALID_FIELD, () -> users.create(admin, named("a\nb"))))
        .hasMessageContaining("username");
    assertThat(refused(ErrorCode.INVALID_FIELD, () -> users.create(admin, named("a\ud800"))))
        .hasMessageContaining("username");
    assertThat(refused(ErrorCode.INVALID_FIELD, () -> users.create(admin, named("x".repeat(129)))))
        .hasMessageContaining("username");
    assertThat(
            refused(
                ErrorCode.INVALID_FIELD,
                () ->
                    users.create(
                        admin, new NewUser("mail", "no at sign", null, null, Set.of(), null))))
        .hasMessageContaining("email");
    assertThat(
            refused(
                ErrorCode.INVALID_FIELD,
                () ->
                    users.create(
                        admin, new NewUser("pw", null, null, Secret.of("a\0b"), Set.of(), null))))
        .hasMessageContaining("password");
  }

  @Test
  void userWithAnyUnicode_isKept() {
    String username = TestNode.name("\u4e16\ud83d\ude00");
    created(username);
    assertThat(Await.result(users.get(admin, username)).username()).isEqualTo(username);
  }

  @Test
  void resolve_takesUuidNumericIdAndName() {
    User user = created(TestNode.name("anyform"));
    for (String form :
        List.of(
            user.id().toString(),
            user.id().toString().toUpperCase(Locale.ROOT),
            Integer.toString(user.numericId()),
            user.username(),
            " " + user.username().toUpperCase(Locale.ROOT))) {
      assertThat(Await.result(users.resolve(admin, form))).as(form).isEqualTo(user);
    }
  }

  @Test
  void resolve_findsNobody() {
    for (String form :
        List.of(
            "",
            "  ",
            "nobody",
            "0",
            "99999999999",
            "2147483647",
            "a\0b",
            "00000000-0000-7000-8000-000000000000",
            "zzzzzzzz-0000-7000-8000-000000000000")) {
      refused(ErrorCode.NOT_FOUND, () -> users.resolve(admin, form));
    }
    refused(ErrorCode.NOT_FOUND, () -> users.ofNumericId(admin, Long.MAX_VALUE));
    refused(ErrorCode.NOT_FOUND, () -> users.ofNumericId(admin, -1));
  }

  @Test
  void numericLookingName_comesAfterTheNumericId() {
    User user = created(TestNode.name("numbered"));
    Await.result(users.create(admin, named(Integer.toString(user.numericId()))));
    assertThat(Await.result(users.resolve(admin, Integer.toString(user.numericId()))))
        .isEqualTo(user);
    String free = Integer.toString(user.numericId() + 1_000_000);
    assertThat(Await.result(users.resolve(admin, created(free).username())).username())
        .isEqualTo(free);
  }

  @Test
  void otherRealmsUser_doesNotExist() {
    Realm realm = node.realm(Tier.FREE);
    Principal stranger = node.user(realm.name(), Role.ORG_ADMIN);
    User user = created(TestNode.name("hidden"));
    for (String form :
        List.of(user.id().toString(), Integer.toString(user.numericId()), user.username())) {
      refused(ErrorCode.NOT_FOUND, () -> users.resolve(stranger, form));
      refused(ErrorCode.NOT_FOUND, () -> users.delete(stranger, form));
      refused(ErrorCode.NOT_FOUND, () -> users.change(stranger, form, UserChange.NOTHING));
    }
    refused(ErrorCode.NOT_FOUND, () -> users.ofNumericId(stranger, user.numericId()));
    assertThat(Await.result(users.list(stranger, null, PageRequest.FIRST)).items())
        .extracting(User::realm)
        .containsOnly(realm.name());
    refused(
        ErrorCode.NOT_FOUND,
        () ->
            users.create(
                stranger, new NewUser("intruder", null, null, null, Set.of(), Realm.ROOT)));
  }

  @Test
  void plainUser_seesThemselvesOnly() {
    Principal user = node.user(Role.USER);
    User other = created(TestNode.name("other"));
    assertThat(Await.result(users.get(user, user.username())).numericId()).isEqualTo(user.userId());
    refused(ErrorCode.FORBIDDEN, () -> users.get(user, other.username()));
    refused(ErrorCode.FORBIDDEN, () -> users.list(user, null, PageRequest.FIRST));
    refused(ErrorCode.FORBIDDEN, () -> users.create(user, named("x")));
    refused(ErrorCode.FORBIDDEN, () -> users.change(user, other.username(), UserChange.NOTHING));
  }

  @Test
  void administratorOfOneRealm_cannotRise() {
    Principal orgAdmin = node.user(Role.ORG_ADMIN);
    Set<Role> highest = Set.of(Role.ADMIN);
    refused(
        ErrorCode.FORBIDDEN,
        () -> users.create(orgAdmin, new NewUser("x", null, null, null, highest, null)));
    refused(
        ErrorCode.FORBIDDEN,
        () -> users.change(orgAdmin, orgAdmin.username(), UserChange.NOTHING.withRoles(highest)));
    refused(
        ErrorCode.FORBIDDEN,
        () ->
            users.change(
                orgAdmin, "admin", UserChange.NOTHING.withPassword(Secret.of("mine now"))));
    refused(ErrorCode.FORBIDDEN, () -> users.delete(orgAdmin, "admin"));
  }

  @Test
  void lastAdministrator_cannotLeave() {
    refused(ErrorCode.FORBIDDEN, () -> users.delete(admin, "admin"));
    refused(
        ErrorCode.FORBIDDEN,
        () -> users.change(admin, "admin", UserChange.NOTHING.withRoles(Set.of(Role.USER))));
  }

  @Test
  void change_leavesWhatItDoesNotName() {
    User user =
        Await.result(
            users.create(
                admin,
                new NewUser(TestNode.name("change"), "a@b", "A B", null, Set.of(Role.USER), null)));
    User renamed =
        Await.result(
            users.change(admin, user.username(), UserChange.NOTHING.withDisplayName("C D")));
    assertThat(renamed.displayName()).isEqualTo("C D");
    assertThat(renamed.email()).isEqualTo("a@b");
    User bare =
        Await.result(users.change(admin, user.username(), UserChange.NOTHING.withEmail(null)));
    assertThat(bare.email()).isNull();
    assertThat(bare.displayName()).isEqualTo("C D");
    assertThat(bare.roles()).containsExactly(Role.USER);
  }

  @Test
  void changedRoles_holdForKeysInUse() {
    Principal user = node.user(Role.USER);
    User stored = Await.result(users.get(admin, user.username()));
    IssuedApiKey key =
        Await.result(
            node.directory()
                .apiKeys()
                .create(
                    admin,
                    new NewApiKey("k", null, Set.of(Scope.ADMIN), 0, stored.id().toString())));
    Await.result(node.authenticator().of(key.plainText().reveal()));
    Await.result(
        users.change(admin, user.username(), UserChange.NOTHING.withRoles(Set.of(Role.ORG_ADMIN))));
    Await.until(
        "the key's holder has the new role",
        () -> Await.result(node.authenticator().of(key.plainText().reveal())).is(Role.ORG_ADMIN));
  }

  @Test
  void list_goesThroughAllPagesInOrder() {
    Realm realm = node.realm(Tier.FREE);
    for (int i = 0; i < 7; i++) {
      node.user(realm.name(), Role.USER);
    }
    Principal auditor = node.user(realm.name(), Role.AUDITOR);
    List<Integer> seen = new ArrayList<>();
    String after = null;
    do {
      Page<User> page = Await.result(users.list(auditor, null, new PageRequest(3, after)));
      assertThat(page.items()).hasSizeBetween(1, 3);
      page.items().forEach(user -> seen.add(user.numericId()));
      after = page.next();
    } while (after != null);
    assertThat(seen).hasSize(8).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void list_findsPartsOfNamesWithoutRegardToCase() {
    User user =
        Await.result(
            users.create(
                admin,
                new NewUser(
                    TestNode.name("find"), "x@needle.example", "Nee Dle", null, Set.of(), null)));
    for (String q : List.of("NEEDLE.ex", "nee dle", user.username().toUpperCase(Locale.ROOT))) {
      assertThat(Await.result(users.list(admin, q, PageRequest.FIRST)).items())
          .as(q)
          .containsExactly(user);
    }
    assertThat(Await.result(users.list(admin, "100%_", PageRequest.FIRST)).items()).isEmpty();
  }

  @Test
  void foreignCursor_isRefused() {
    for (String cursor : List.of("!!!", "", "bm90LWEtbnVtYmVy", "x".repeat(5_000))) {
      assertThat(
              refused(
                  ErrorCode.BAD_CURSOR, () -> users.list(admin, null, new PageRequest(5, cursor))))
          .hasMessageContaining("after");
    }
  }

  @Test
  void deletedUser_losesKeysAndSessions() throws Exception {
    Principal user = node.user(Role.USER);
    IssuedApiKey key =
        Await.result(
            node.directory()
                .apiKeys()
                .create(admin, new NewApiKey("k", null, Set.of(Scope.ADMIN), 0, user.username())));
    Await.result(node.authenticator().of(key.plainText().reveal()));
    SessionDetail session =
        Await.result(
            node.directory()
                .sessionOpenings()
                .open(user, SessionRequest.of(SessionKind.TIMED_ACCESS)));

    Await.result(users.delete(admin, user.username()));

    refused(ErrorCode.NOT_FOUND, () -> users.get(admin, user.userUuid().toString()));
    SessionDetail ended =
        Await.result(
            node.directory().sessionReads().get(admin, session.id(), Authorisation.Intent.READ));
    assertThat(ended.state()).isEqualTo(SessionState.ENDED);
    assertThat(ended.reason()).isEqualTo(EndReason.REVOKED);
    assertThat(ended.user().username()).isEqualTo(user.username());
    Await.until(
        "the key opens nothing", () -> node.authenticator().of(key.plainText().reveal()).failed());
    refused(
        ErrorCode.NOT_FOUND,
        () ->
            node.directory()
                .sessionOpenings()
                .open(user, SessionRequest.of(SessionKind.TIMED_ACCESS)));
  }

  @Test
  void changes_areInTheLogWithoutSecrets() throws Exception {
    String username = TestNode.name("audited");
    Await.result(
        users.create(
            admin,
            new NewUser(
                username, null, null, Secret.of("hunter2-hunter2"), Set.of(Role.USER), null)));
    Await.result(users.delete(admin, username));
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(
              sql.column(
                  """
                  SELECT concat_ws(' ', data ->> 'what', data ->> 'action', data -> 'by' ->> 'name')
                  FROM event WHERE type = 'dev.curfew.admin.changed' AND data ->> 'name' = ?
                  ORDER BY xid, id
                  """,
                  username))
          .containsExactly("user created admin", "user deleted admin");
      assertThat(sql.column("SELECT data::text FROM event"))
          .noneMatch(data -> data.contains("hunter2"));
    }
    assertThat(
            new NewUser("u", null, null, Secret.of("hunter2"), Set.of(), null).toString()
                + UserChange.NOTHING.withPassword(Secret.of("hunter2")))
        .doesNotContain("hunter2");
  }
}
