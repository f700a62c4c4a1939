package dev.curfew.store;

import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.TokenHash;
import dev.curfew.realm.Realm;
import dev.curfew.session.Tier;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the first start of an installation makes: realm {@code root}, its default policy, user
 * {@code admin} and that user's key. One node does it at a time; doing it again changes nothing.
 */
public final class InstallationStore {
  private static final int ROOT_REALM = 1;
  private static final int ADMIN_USER = 1;

  private final Database database;

  public InstallationStore(Database database) {
    this.database = database;
  }

  /**
   * What to make if it is not there.
   *
   * @param secretCheck the known text, encrypted under this node's key
   * @param passwordHash the administrator's; null for none
   * @param key the administrator's key, whether chosen or generated
   * @param chosenKey whether the key shall be added to an installation that exists
   */
  public record FirstContent(
      SealedSecret secretCheck,
      PolicyRow defaults,
      UUID userId,
      @Nullable String passwordHash,
      KeyRow key,
      boolean chosenKey) {
    @Override
    public String toString() {
      return "FirstContent[" + userId + "]";
    }
  }

  public record KeyRow(UUID id, String prefix, TokenHash hash) {}

  /**
   * What was found or made.
   *
   * @param first whether this call made the installation
   * @param keyAdded whether the key was written
   * @param secretCheck the known text, encrypted under the installation's key
   */
  public record Installed(boolean first, boolean keyAdded, SealedSecret secretCheck) {}

  private static final String ONE_AT_A_TIME =
      "SELECT pg_advisory_xact_lock(hashtext('curfew installation'))";

  private static final String INSTALLATION =
      """
      INSERT INTO installation (secret_check) VALUES ($1) ON CONFLICT DO NOTHING
      """;

  private static final String SECRET_CHECK = "SELECT secret_check FROM installation";

  private static final String ROOT =
      """
      INSERT INTO realm (id, name, tier) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3)
      """;

  private static final String ADMIN =
      """
      INSERT INTO users (
        id, numeric_id, realm_id, username, email, display_name, password_hash, roles)
      OVERRIDING SYSTEM VALUE
      VALUES ($1, $2, $3, 'admin', 'admin@localhost', 'Administrator', $4, $5)
      """;

  private static final String KEY =
      """
      INSERT INTO api_key (id, realm_id, user_id, name, prefix, hash, scopes)
      SELECT $1, u.realm_id, u.numeric_id, 'bootstrap', $2, $3, $4
      FROM users u
      WHERE u.numeric_id = $5 AND u.deleted_at IS NULL
      ON CONFLICT (hash) DO NOTHING
      """;

  /** The known text, encrypted under the installation's key; none before the first start. */
  public Future<Optional<SealedSecret>> secretCheck() {
    return database
        .query(SECRET_CHECK, Tuple.tuple())
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(SealedSecret.of(row.getBuffer(0).getBytes()));
              }
              return Optional.empty();
            });
  }

  /** Makes the installation, or finds that it is there. */
  public Future<Installed> install(FirstContent content) {
    return database.transaction(
        on ->
            Database.query(on, ONE_AT_A_TIME, Tuple.tuple())
                .compose(
                    locked ->
                        Database.query(
                            on,
                            INSTALLATION,
                            Tuple.of(Buffer.buffer(content.secretCheck().bytes()))))
                .compose(
                    made -> {
                      boolean first = made.rowCount() > 0;
                      Future<Void> filled = first ? fill(on, content) : Future.succeededFuture();
                      Future<Boolean> keyed =
                          filled.compose(
                              done ->
                                  first || content.chosenKey()
                                      ? addKey(on, content.key())
                                      : Future.succeededFuture(false));
                      return keyed.compose(
                          added ->
                              secretCheck(on).map(check -> new Installed(first, added, check)));
                    }));
  }

  private static Future<Void> fill(SqlConnection on, FirstContent content) {
    return Database.query(on, ROOT, Tuple.of(ROOT_REALM, Realm.ROOT, Tier.ENTERPRISE.wireName()))
        .compose(made -> PolicyStore.insert(on, ROOT_REALM, true, content.defaults()))
        .compose(
            made ->
                Database.query(
                    on,
                    ADMIN,
                    Tuple.of(
                        content.userId(),
                        ADMIN_USER,
                        ROOT_REALM,
                        content.passwordHash(),
                        UserStore.names(Set.of(Role.ADMIN)))))
        .mapEmpty();
  }

  private static Future<Boolean> addKey(SqlConnection on, KeyRow key) {
    return Database.query(
            on,
            KEY,
            Tuple.of(
                key.id(),
                key.prefix(),
                Buffer.buffer(key.hash().bytes()),
                ApiKeyStore.names(Set.of(Scope.values())),
                ADMIN_USER))
        .map(rows -> rows.rowCount() > 0);
  }

  private static Future<SealedSecret> secretCheck(SqlConnection on) {
    return Database.query(on, SECRET_CHECK, Tuple.tuple())
        .map(rows -> SealedSecret.of(rows.iterator().next().getBuffer(0).getBytes()));
  }
}
