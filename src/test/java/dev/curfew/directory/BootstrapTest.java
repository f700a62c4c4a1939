package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.CachedAuthenticator;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.auth.SecretBox;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Tier;
import dev.curfew.store.ApiKeyStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BootstrapTest {
  private static final PolicyDefaults DEFAULTS = PolicyDefaults.of(CurfewConfig.of(Map.of()));
  private static final SecretBox SECRETS = SecretBox.of(new byte[32]);
  private static final Secret CHOSEN = Secret.of("chosen-by-the-operator");

  private TestStore store;
  private TestStore otherNode;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    otherNode = TestStore.open(store.endpoint());
  }

  @AfterEach
  void close() {
    otherNode.close();
    store.close();
  }

  private static Bootstrap bootstrap(TestStore node, SecretBox secrets) {
    return new Bootstrap(
        node.vertx(), node.database(), secrets, DEFAULTS, System::currentTimeMillis);
  }

  private static Future<Bootstrap.Result> start(TestStore node, Optional<Secret> key) {
    return bootstrap(node, SECRETS).run(new CurfewConfig.Bootstrap(key, Optional.empty()));
  }

  private Future<Principal> login(Secret key) {
    return new CachedAuthenticator(new ApiKeyStore(store.database()), System::currentTimeMillis)
        .of(key.reveal());
  }

  private long count(String sql) throws Exception {
    try (DirectSql direct = DirectSql.open(store.endpoint())) {
      return direct.number(sql);
    }
  }

  @Test
  void firstStart_makesRealmAdministratorAndKey() {
    Bootstrap.Result result = Await.result(start(store, Optional.empty()));
    assertThat(result.firstStart()).isTrue();
    Principal admin = Await.result(login(result.generatedKey().orElseThrow()));
    assertThat(admin.userId()).isEqualTo(1);
    assertThat(admin.username()).isEqualTo("admin");
    assertThat(admin.realm()).isEqualTo("root");
    assertThat(admin.tier()).isEqualTo(Tier.ENTERPRISE);
    assertThat(admin.roles()).containsExactly(Role.ADMIN);
    assertThat(admin.scopes()).containsExactlyInAnyOrder(Scope.values());
  }

  @Test
  void generatedKey_isNeitherInTheResultsTextNorInTheDatabase() throws Exception {
    Bootstrap.Result result = Await.result(start(store, Optional.empty()));
    String key = result.generatedKey().orElseThrow().reveal();
    assertThat(result.toString()).doesNotContain(key);
    try (DirectSql direct = DirectSql.open(store.endpoint())) {
      assertThat(direct.column("SELECT k::text FROM api_key k"))
          .noneMatch(row -> row.contains(key));
    }
  }

  @Test
  void secondStart_changesNothing() throws Exception {
    Await.result(start(store, Optional.empty()));
    Bootstrap.Result again = Await.result(start(otherNode, Optional.empty()));
    assertThat(again.firstStart()).isFalse();
    assertThat(again.generatedKey()).isEmpty();
    assertThat(count("SELECT count(*) FROM users")).isEqualTo(1);
    assertThat(count("SELECT count(*) FROM realm")).isEqualTo(1);
    assertThat(count("SELECT count(*) FROM policy WHERE is_default")).isEqualTo(1);
    assertThat(count("SELECT count(*) FROM api_key")).isEqualTo(1);
  }

  @Test
  void twoNodesStartingTogether_makeOneInstallation() throws Exception {
    Future<Bootstrap.Result> one = start(store, Optional.empty());
    Future<Bootstrap.Result> two = start(otherNode, Optional.empty());
    assertThat(Await.result(one).firstStart()).isNotEqualTo(Await.result(two).firstStart());
    assertThat(Await.result(one).generatedKey().isPresent())
        .isNotEqualTo(Await.result(two).generatedKey().isPresent());
    assertThat(count("SELECT count(*) FROM users")).isEqualTo(1);
    assertThat(count("SELECT count(*) FROM api_key")).isEqualTo(1);
  }

  @Test
  void keyOfTheEnvironment_isAddedAtALaterStartOnce() throws Exception {
    Secret generated = Await.result(start(store, Optional.empty())).generatedKey().orElseThrow();
    Bootstrap.Result later = Await.result(start(otherNode, Optional.of(CHOSEN)));
    assertThat(later.generatedKey()).isEmpty();
    Await.result(start(otherNode, Optional.of(CHOSEN)));
    assertThat(Await.result(login(CHOSEN)).userId()).isEqualTo(1);
    assertThat(Await.result(login(generated)).userId()).isEqualTo(1);
    assertThat(count("SELECT count(*) FROM api_key")).isEqualTo(2);
  }

  @Test
  void keyOfTheEnvironment_onceRevoked_staysRevoked() throws Exception {
    Await.result(start(store, Optional.of(CHOSEN)));
    try (DirectSql direct = DirectSql.open(store.endpoint())) {
      direct.run("UPDATE api_key SET revoked_at = now()");
    }
    Await.result(start(store, Optional.of(CHOSEN)));
    refused(ErrorCode.UNAUTHENTICATED, () -> login(CHOSEN));
  }

  @Test
  void password_isStoredAsAnArgon2Hash() throws Exception {
    Await.result(
        bootstrap(store, SECRETS)
            .run(new CurfewConfig.Bootstrap(Optional.empty(), Optional.of(CHOSEN))));
    try (DirectSql direct = DirectSql.open(store.endpoint())) {
      assertThat(direct.value("SELECT password_hash FROM users"))
          .startsWith("$argon2id$")
          .doesNotContain(CHOSEN.reveal());
    }
  }

  @Test
  void anotherSecretsKey_isKnownBeforeTheNodeDoesAnything() {
    byte[] other = new byte[32];
    other[0] = 1;
    Bootstrap stranger = bootstrap(otherNode, SecretBox.of(other));
    Await.result(stranger.requireSameKey());
    Await.result(start(store, Optional.empty()));
    Await.result(bootstrap(otherNode, SECRETS).requireSameKey());
    assertThat(refused(ErrorCode.BAD_CONFIGURATION, stranger::requireSameKey))
        .hasMessageContaining("secrets.key");
  }

  @Test
  void anotherSecretsKey_isRefused() {
    Await.result(start(store, Optional.empty()));
    byte[] other = new byte[32];
    other[0] = 1;
    assertThat(
            refused(
                ErrorCode.BAD_CONFIGURATION,
                () ->
                    bootstrap(otherNode, SecretBox.of(other))
                        .run(new CurfewConfig.Bootstrap(Optional.empty(), Optional.empty()))))
        .hasMessageContaining("secrets.key");
  }

  @Test
  void unusableKeyOfTheEnvironment_isRefusedWithoutBeingShown() {
    assertThat(
            refused(
                ErrorCode.BAD_CONFIGURATION,
                () -> start(store, Optional.of(Secret.of("with a space")))))
        .hasMessageContaining("bootstrap.admin-key")
        .hasMessageNotContaining("with a space");
  }
}
