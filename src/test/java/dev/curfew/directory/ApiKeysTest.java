package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ApiKey;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class ApiKeysTest {
  private static TestNode node;
  private static ApiKeys keys;
  private static Principal admin;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    keys = node.directory().apiKeys();
    admin = node.admin();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static NewApiKey wanted(long expiresAt, Scope... scopes) {
    return new NewApiKey(TestNode.name("key"), "for tests", Set.of(scopes), expiresAt, null);
  }

  private static Future<Principal> login(IssuedApiKey key) {
    return node.authenticator().of(key.plainText().reveal());
  }

  @Test
  void newKey_letsItsHolderInWithItsScopes() {
    IssuedApiKey issued =
        Await.result(keys.create(admin, wanted(0, Scope.PSM_READ, Scope.PSM_WRITE)));
    Principal holder = Await.result(login(issued));
    assertThat(holder.userId()).isEqualTo(admin.userId());
    assertThat(holder.scopes()).containsExactlyInAnyOrder(Scope.PSM_READ, Scope.PSM_WRITE);
    assertThat(holder.credentialId()).isEqualTo(issued.key().id());
    assertThat(issued.plainText().reveal()).startsWith(issued.key().prefix());
  }

  @Test
  void key_isStoredAsAHashOnly() throws Exception {
    IssuedApiKey issued = Await.result(keys.create(admin, wanted(0, Scope.ADMIN)));
    String plain = issued.plainText().reveal();
    assertThat(issued.toString()).doesNotContain(plain);
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(sql.column("SELECT k::text FROM api_key k UNION SELECT e::text FROM event e"))
          .noneMatch(row -> row.contains(plain.substring(12)));
    }
  }

  @Test
  void nobody_grantsAScopeThatTheyLack() {
    Principal poor =
        node.principal(
            Await.result(node.directory().users().get(admin, node.user(Role.ORG_ADMIN).username())),
            Scope.ADMIN,
            Scope.PSM_READ);
    assertThat(
            refused(
                ErrorCode.FORBIDDEN,
                () -> keys.create(poor, wanted(0, Scope.PSM_READ, Scope.PSM_WRITE))))
        .hasMessage("You lack the scope psm:write");
    assertThat(Await.result(keys.create(poor, wanted(0, Scope.PSM_READ))).key().scopes())
        .containsExactly(Scope.PSM_READ);
  }

  @Test
  void administratorOfOneRealm_getsNoKeyOfAnAdministratorOfAll() {
    Principal orgAdmin = node.user(Role.ORG_ADMIN);
    refused(
        ErrorCode.FORBIDDEN,
        () -> keys.create(orgAdmin, new NewApiKey("k", null, Set.of(Scope.ADMIN), 0, "admin")));
  }

  @Test
  void badKeys_areRefusedByField() {
    assertThat(refused(ErrorCode.INVALID_FIELD, () -> keys.create(admin, wanted(0))).field())
        .isEqualTo("scopes");
    long now = node.clock().now();
    for (long expiresAt : List.of(1L, -5L, now, Long.MAX_VALUE, 253_402_300_800_000L)) {
      assertThat(
              refused(
                      ErrorCode.INVALID_FIELD,
                      () -> keys.create(admin, wanted(expiresAt, Scope.ADMIN)))
                  .field())
          .isEqualTo("expiresAt");
    }
    assertThat(
            refused(
                    ErrorCode.INVALID_FIELD,
                    () ->
                        keys.create(
                            admin, new NewApiKey("a\0", null, Set.of(Scope.ADMIN), 0, null)))
                .field())
        .isEqualTo("name");
    refused(
        ErrorCode.NOT_FOUND,
        () -> keys.create(admin, new NewApiKey("k", null, Set.of(Scope.ADMIN), 0, "nobody")));
  }

  @Test
  void plainUser_makesNoKeys() {
    refused(
        ErrorCode.FORBIDDEN, () -> keys.create(node.user(Role.USER), wanted(0, Scope.PSM_READ)));
  }

  @Test
  void revokedKey_opensNothingEvenThoughItIsRemembered() {
    IssuedApiKey issued = Await.result(keys.create(admin, wanted(0, Scope.ADMIN)));
    Await.result(login(issued));
    Await.result(keys.revoke(admin, issued.key().id()));
    Await.until("the key is refused", () -> login(issued).failed());
    refused(ErrorCode.UNAUTHENTICATED, () -> login(issued));
    refused(ErrorCode.NOT_FOUND, () -> keys.revoke(admin, issued.key().id()));
    assertThat(Await.result(keys.list(admin, new PageRequest(500, null))).items())
        .extracting(ApiKey::id)
        .doesNotContain(issued.key().id());
  }

  @Test
  void expiringKey_opensUntilThen() {
    long expiresAt = node.clock().now() + 400;
    IssuedApiKey issued = Await.result(keys.create(admin, wanted(expiresAt, Scope.ADMIN)));
    assertThat(issued.key().expiresAt()).isEqualTo(expiresAt);
    Await.result(login(issued));
    Await.until("the key has expired", () -> node.clock().now() >= expiresAt);
    refused(ErrorCode.UNAUTHENTICATED, () -> login(issued));
  }

  @Test
  void otherRealmsKeys_doNotExist() {
    IssuedApiKey issued = Await.result(keys.create(admin, wanted(0, Scope.ADMIN)));
    Principal stranger = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    refused(ErrorCode.NOT_FOUND, () -> keys.revoke(stranger, issued.key().id()));
    refused(ErrorCode.NOT_FOUND, () -> keys.revoke(stranger, UUID.randomUUID()));
    assertThat(Await.result(keys.list(stranger, PageRequest.FIRST)).items())
        .extracting(ApiKey::realmId)
        .containsOnly(stranger.realmId());
  }

  @Test
  void list_isNewestFirstInPages() {
    Principal orgAdmin = node.user(node.realm(Tier.FREE).name(), Role.ORG_ADMIN);
    List<UUID> made =
        List.of(
            Await.result(keys.create(orgAdmin, wanted(0, Scope.ADMIN))).key().id(),
            Await.result(keys.create(orgAdmin, wanted(0, Scope.ADMIN))).key().id());
    var first = Await.result(keys.list(orgAdmin, new PageRequest(1, null)));
    assertThat(first.items()).extracting(ApiKey::id).containsExactly(made.get(1));
    var second = Await.result(keys.list(orgAdmin, new PageRequest(1, first.next())));
    assertThat(second.items()).extracting(ApiKey::id).containsExactly(made.get(0));
    assertThat(second.items().get(0).user().username()).isEqualTo(orgAdmin.username());
  }
}
