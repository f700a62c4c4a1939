package dev.curfew.store;

import dev.curfew.realm.ActiveSession;
import dev.curfew.realm.Sudo;
import dev.curfew.realm.UserReference;
import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sessions that are not over, as administrators watch and revoke them. */
public final class ActiveSessionStore {
  private static final String COLUMNS =
      """
      s.id, s.numeric_id, s.kind, s.state, s.reason, r.name AS realm,
      ms(s.started_at) AS started_at, ms(s.expires_at) AS expires_at, s.attributes,
      g.id AS granter_uuid, g.numeric_id AS granter_numeric_id, g.username AS granter_username,
      g.email AS granter_email, g.display_name AS granter_display_name,
      a.remarks, a.sudo_enabled, a.sudo_without_password,
      """
          + UserStore.REFERENCE_COLUMNS;

  private static final String JOINS =
      """
        JOIN realm r ON r.id = s.realm_id
        LEFT JOIN jump_request q ON q.session_id = s.id
        LEFT JOIN users g ON g.numeric_id = COALESCE(q.answered_by, s.created_by)
        LEFT JOIN access_grant a ON a.session_id = s.id
      """;

  private static final String SESSIONS =
      " FROM session s JOIN users u ON u.numeric_id = s.user_id ";

  private static final String ACTIVE =
      """
      WHERE s.state < 4 AND s.kind = ANY($1::smallint[])
        AND ($2::integer IS NULL OR s.realm_id = $2)
        AND ($3::bigint IS NULL OR s.user_id = $3)
        AND ($4::text IS NULL
          OR strpos(lower(u.username), lower($4)) > 0
          OR strpos(lower(u.display_name), lower($4)) > 0
          OR strpos(lower(u.email), lower($4)) > 0
          OR strpos(lower(s.attributes ->> 'deviceId'), lower($4)) > 0
          OR strpos(lower(s.attributes ->> 'deviceName'), lower($4)) > 0
          OR strpos(lower(s.attributes ->> 'resourceId'), lower($4)) > 0
          OR strpos(lower(s.attributes ->> 'resourceName'), lower($4)) > 0)
      """;

  private static final String USER_KEY = "lower(u.username) COLLATE \"C\"";
  private static final String TARGET_KEY =
      """
      lower(COALESCE(s.attributes ->> 'deviceName', s.attributes ->> 'deviceId',
        s.attributes ->> 'resourceName', s.attributes ->> 'resourceId',
        s.attributes ->> 'jumpItemType', '')) COLLATE "C"
      """;

  private final Database database;

  public ActiveSessionStore(Database database) {
    this.database = database;
  }

  /**
   * What a list is ordered by, then by id. A page begins behind a key and an id; whether that
   * session is still there does not matter.
   */
  public enum Sort {
    REMAINING("ms(s.expires_at)", "bigint"),
    STARTED("ms(s.started_at)", "bigint"),
    USER(USER_KEY, "text"),
    TARGET(TARGET_KEY, "text");

    private final String ascending;
    private final String descending;

    Sort(String key, String type) {
      this.ascending = page(key, type, ">", "ASC");
      this.descending = page(key, type, "<", "DESC");
    }

    private static String page(String key, String type, String beyond, String order) {
      return "SELECT "
          + COLUMNS
          + ", ("
          + key
          + ")::text AS sort_key"
          + SESSIONS
          + JOINS
          + ACTIVE
          + " AND ($5::uuid IS NULL OR ("
          + key
          + ", s.id) "
          + beyond
          + " ($6::text::"
          + type
          + ", $5))"
          + " ORDER BY "
          + key
          + " "
          + order
          + ", s.id "
          + order
          + " LIMIT $7";
    }

    String page(boolean descends) {
      return descends ? descending : ascending;
    }
  }

  /**
   * Where a session stands in a list.
   *
   * @param key what the list is ordered by, as text
   */
  public record Place(String key, UUID id) {}

  /** A session and its place in the list. */
  public record Placed(ActiveSession session, Place place) {}

  /**
   * @param behind the place of the last one that is known; null for the first page
   */
  public Future<List<Placed>> list(
      ActiveSessionQuery query, Sort sort, boolean descends, @Nullable Place behind, int limit) {
    return database
        .query(
            sort.page(descends),
            parameters(query)
                .addUUID(behind == null ? null : behind.id())
                .addString(behind == null ? null : behind.key())
                .addInteger(limit))
        .map(
            rows -> {
              List<Placed> placed = new ArrayList<>(rows.size());
              for (Row row : rows) {
                ActiveSession session = session(row);
                placed.add(new Placed(session, new Place(row.getString("sort_key"), session.id())));
              }
              return placed;
            });
  }

  private static final String COUNT = "SELECT count(*)" + SESSIONS + ACTIVE;

  public Future<Long> count(ActiveSessionQuery query) {
    return database.query(COUNT, parameters(query)).map(rows -> rows.iterator().next().getLong(0));
  }

  private static final String IDS = "SELECT s.id" + SESSIONS + ACTIVE + " LIMIT $5";

  /** The ids of at most so many. */
  public Future<List<UUID>> ids(ActiveSessionQuery query, int limit) {
    return database
        .query(IDS, parameters(query).addInteger(limit))
        .map(
            rows -> {
              List<UUID> ids = new ArrayList<>(rows.size());
              rows.forEach(row -> ids.add(row.getUUID(0)));
              return ids;
            });
  }

  private static Tuple parameters(ActiveSessionQuery query) {
    Short[] kinds = query.kinds().stream().map(SessionKind::code).toArray(Short[]::new);
    return Tuple.tuple()
        .addArrayOfShort(kinds)
        .addInteger(query.realmId())
        .addLong(query.userId())
        .addString(query.q());
  }

  /** Where a session stands, whatever its state. */
  public record Standing(UUID id, int realmId, SessionState state) {}

  private static final String STANDINGS =
      "SELECT id, realm_id, state FROM session WHERE id = ANY($1)";

  /** Those of the sessions that exist. */
  public Future<List<Standing>> standings(Collection<UUID> ids) {
    return database
        .query(STANDINGS, Tuple.of((Object) ids.toArray(new UUID[0])))
        .map(
            rows -> {
              List<Standing> standings = new ArrayList<>(rows.size());
              for (Row row : rows) {
                standings.add(
                    new Standing(
                        row.getUUID("id"),
                        row.getInteger("realm_id"),
                        SessionState.ofCode(row.getShort("state"))));
              }
              return standings;
            });
  }

  private static final String BY_ID = "SELECT " + COLUMNS + SESSIONS + JOINS + "WHERE s.id = $1";

  /** A session, over or not. */
  public Future<Optional<ActiveSession>> find(UUID id) {
    return database
        .query(BY_ID, Tuple.of(id))
        .map(
            rows -> {
              for (Row row : rows) {
                return Optional.of(session(row));
              }
              return Optional.empty();
            });
  }

  private static ActiveSession session(Row row) {
    Short reason = row.getShort("reason");
    Boolean sudo = row.getBoolean("sudo_enabled");
    return new ActiveSession(
        row.getUUID("id"),
        row.getLong("numeric_id"),
        SessionKind.ofCode(row.getShort("kind")),
        SessionState.ofCode(row.getShort("state")),
        reason == null ? null : EndReason.ofCode(reason),
        row.getString("realm"),
        UserStore.reference(row),
        granter(row),
        row.getLong("started_at"),
        row.getLong("expires_at"),
        AttributesJson.read(row.get(JsonObject.class, "attributes")),
        sudo == null ? null : new Sudo(sudo, row.getBoolean("sudo_without_password")),
        row.getString("remarks"));
  }

  private static @Nullable UserReference granter(Row row) {
    UUID id = row.getUUID("granter_uuid");
    return id == null
        ? null
        : new UserReference(
            id,
            row.getInteger("granter_numeric_id"),
            row.getString("granter_username"),
            row.getString("granter_email"),
            row.getString("granter_display_name"));
  }
}
