package dev.curfew.store;

import dev.curfew.auth.Role;
import dev.curfew.realm.User;
import dev.curfew.realm.UserReference;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Users. */
public final class UserStore {
  static final String COLUMNS =
      """
      u.id, u.numeric_id, u.realm_id, r.name AS realm, u.username, u.email, u.display_name,
      u.roles, ms(u.created_at) AS created_at
      """;

  /** For rows of other things that show their user as {@code u}. */
  static final String REFERENCE_COLUMNS =
      """
      u.id AS user_uuid, u.numeric_id AS user_numeric_id, u.username, u.email AS user_email,
      u.display_name AS user_display_name
      """;

  private final Database database;

  public UserStore(Database database) {
    this.database = database;
  }

  /** A user to be written. */
  public record NewRow(
      UUID id,
      int realmId,
      String username,
      @Nullable String email,
      @Nullable String displayName,
      @Nullable String passwordHash,
      Set<Role> roles) {
    public NewRow {
      roles = Set.copyOf(roles);
    }

    @Override
    public String toString() {
      return "NewRow[" + id + ", " + username + "]";
    }
  }

  private static final String INSERT =
      "WITH u AS ("
          + """
            INSERT INTO users (id, realm_id, username, email, display_name, password_hash, roles)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            RETURNING *
          """
          + ") SELECT "
          + COLUMNS
          + " FROM u JOIN realm r ON r.id = u.realm_id";

  /**
   * @return fails with ALREADY_EXISTS when the realm has a user of that name, whatever its case
   */
  public Future<User> insert(NewRow row, Initiator by) {
    return database
        .<User>transaction(
            on ->
                Database.query(
                        on,
                        INSERT,
                        Tuple.of(
                            row.id(),
                            row.realmId(),
                            row.username(),
                            row.email(),
                            row.displayName(),
                            row.passwordHash(),
                            names(row.roles())))
                    .map(rows -> user(rows.iterator().next()))
                    .compose(
                        user ->
                            AdminChange.CREATED
                                .write(on, row.realmId(), "user", user.id(), user.username(), by)
                                .map(user)))
        .recover(
            Database.orExists("username", "The username " + row.username() + " is taken already"));
  }

  static final String FROM = " FROM users u JOIN realm r ON r.id = u.realm_id ";

  private static final String BY_UUID =
      "SELECT " + COLUMNS + FROM + "WHERE u.id = $1 AND u.deleted_at IS NULL";

  public Future<Optional<User>> find(UUID id) {
    return database.query(BY_UUID, Tuple.of(id)).map(UserStore::first);
  }

  private static final String BY_NUMERIC_ID =
      "SELECT " + COLUMNS + FROM + "WHERE u.numeric_id = $1 AND u.deleted_at IS NULL";

  public Future<Optional<User>> find(int numericId) {
    return database.query(BY_NUMERIC_ID, Tuple.of(numericId)).map(UserStore::first);
  }

  private static final String BY_NAME =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE lower(u.username) = lower($1) AND u.deleted_at IS NULL
            AND ($2::integer IS NULL OR u.realm_id = $2)
          LIMIT $3
          """;

  /**
   * Users of this name, whatever its case; at most one in each realm.
   *
   * @param realmId null for all realms
   */
  public Future<List<User>> named(String username, @Nullable Integer realmId, int limit) {
    return database.query(BY_NAME, Tuple.of(username, realmId, limit)).map(UserStore::users);
  }

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE u.deleted_at IS NULL AND ($1::integer IS NULL OR u.realm_id = $1)
            AND ($2::text IS NULL
              OR strpos(lower(u.username), lower($2)) > 0
              OR strpos(lower(u.display_name), lower($2)) > 0
              OR strpos(lower(u.email), lower($2)) > 0)
            AND u.numeric_id > $3
          ORDER BY u.numeric_id
          LIMIT $4
          """;

  /**
   * By numeric id.
   *
   * @param realmId null for all realms
   * @param q part of a name; null for all
   * @param after numeric id of the last one that is known
   */
  public Future<List<User>> list(
      @Nullable Integer realmId, @Nullable String q, int after, int limit) {
    return database.query(LIST, Tuple.of(realmId, q, after, limit)).map(UserStore::users);
  }

  /** What to change of a user; a null leaves it, save where a flag says that null is meant. */
  public record ChangeRow(
      boolean setsEmail,
      @Nullable String email,
      boolean setsDisplayName,
      @Nullable String displayName,
      @Nullable String passwordHash,
      @Nullable Set<Role> roles) {
    @Override
    public String toString() {
      return "ChangeRow[email=" + setsEmail + ", displayName=" + setsDisplayName + "]";
    }
  }

  private static final String CHANGE =
      "WITH u AS ("
          + """
            UPDATE users
            SET email = CASE WHEN $2 THEN $3 ELSE email END,
                display_name = CASE WHEN $4 THEN $5 ELSE display_name END,
                password_hash = COALESCE($6::text, password_hash),
                roles = COALESCE($7, roles)
            WHERE id = $1 AND deleted_at IS NULL
            RETURNING *
          """
          + "), logins AS ("
          + """
            UPDATE login l SET ended_at = clock_timestamp()
            FROM u
            WHERE $6::text IS NOT NULL AND l.user_id = u.numeric_id AND l.ended_at IS NULL
          """
          + ") SELECT "
          + COLUMNS
          + " FROM u JOIN realm r ON r.id = u.realm_id";

  /** Changes a user; another password ends all their logins. */
  public Future<Optional<User>> change(UUID id, ChangeRow change, Initiator by) {
    Set<Role> roles = change.roles();
    return database.transaction(
        on ->
            Database.query(
                    on,
                    CHANGE,
                    Tuple.of(
                        id,
                        change.setsEmail(),
                        change.email(),
                        change.setsDisplayName(),
                        change.displayName(),
                        change.passwordHash(),
                        roles == null ? null : names(roles)))
                .compose(logged(on, AdminChange.CHANGED, by)));
  }

  private static final String DELETE =
      "WITH u AS ("
          + """
            UPDATE users SET deleted_at = clock_timestamp(), password_hash = NULL
            WHERE id = $1 AND deleted_at IS NULL
            RETURNING *
          """
          + "), keys AS ("
          + """
            UPDATE api_key k SET revoked_at = clock_timestamp()
            FROM u
            WHERE k.user_id = u.numeric_id AND k.revoked_at IS NULL
          """
          + ") SELECT "
          + COLUMNS
          + " FROM u JOIN realm r ON r.id = u.realm_id";

  /** Marks the user deleted and revokes the user's keys. */
  public Future<Optional<User>> delete(UUID id, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, DELETE, Tuple.of(id)).compose(logged(on, AdminChange.DELETED, by)));
  }

  private static Function<RowSet<Row>, Future<Optional<User>>> logged(
      SqlClient on, AdminChange change, Initiator by) {
    return rows -> {
      Optional<User> user = first(rows);
      return user.isEmpty()
          ? Future.succeededFuture(user)
          : change
              .write(on, user.get().realmId(), "user", user.get().id(), user.get().username(), by)
              .map(user);
    };
  }

  static String[] names(Set<Role> roles) {
    return roles.stream().sorted().map(Role::name).toArray(String[]::new);
  }

  static Set<Role> roles(Row row) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : row.getArrayOfStrings("roles")) {
      Role.ofName(name).ifPresent(roles::add);
    }
    return roles;
  }

  static UserReference reference(Row row) {
    return new UserReference(
        row.getUUID("user_uuid"),
        row.getInteger("user_numeric_id"),
        row.getString("username"),
        row.getString("user_email"),
        row.getString("user_display_name"));
  }

  private static Optional<User> first(RowSet<Row> rows) {
    return users(rows).stream().findFirst();
  }

  private static List<User> users(RowSet<Row> rows) {
    List<User> users = new ArrayList<>(rows.size());
    rows.forEach(row -> users.add(user(row)));
    return users;
  }

  static User user(Row row) {
    return new User(
        row.getUUID("id"),
        row.getInteger("numeric_id"),
        row.getInteger("realm_id"),
        row.getString("realm"),
        row.getString("username"),
        row.getString("email"),
        row.getString("display_name"),
        roles(row),
        row.getLong("created_at"));
  }
}
