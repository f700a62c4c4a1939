package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.WebhookSubscription;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Webhook subscriptions. Every change of an administrator is on record in the log. */
public final class WebhookStore {
  /** The kind of their lanes, and what the log calls them. */
  public static final String KIND = "webhook";

  private final Database database;

  public WebhookStore(Database database) {
    this.database = database;
  }

  /** A subscription to be written. */
  public record NewRow(
      UUID id,
      int realmId,
      int createdBy,
      String url,
      @Nullable String description,
      LaneFilter filter,
      SealedSecret secret) {}

  private static final String INSERT =
      """
      INSERT INTO webhook_subscription (id, url, description, secret, created_by)
      VALUES ($1, $2, $3, $4, $5)
      """;

  /** Begins at the end of the log. */
  public Future<WebhookSubscription> insert(NewRow row, Initiator by) {
    return database.transaction(
        on ->
            LaneStore.insert(
                    on,
                    new LaneStore.NewRow(row.id(), KIND, row.realmId(), true, row.filter(), null))
                .compose(
                    made ->
                        Database.query(
                            on,
                            INSERT,
                            Tuple.of(
                                row.id(),
                                row.url(),
                                row.description(),
                                bytes(row.secret()),
                                row.createdBy())))
                .compose(
                    made ->
                        AdminChange.CREATED.write(
                            on, row.realmId(), KIND, row.id(), host(row.url()), by))
                .compose(logged -> find(on, row.id()))
                .map(Optional::orElseThrow));
  }

  private static final String COLUMNS =
      "SELECT "
          + LaneStore.COLUMNS
          + ", "
          + UserStore.REFERENCE_COLUMNS
          + """
          , w.id, w.url, w.description, ms(w.created_at) AS created_at, r.name AS realm,
            CASE WHEN w.previous_until > clock_timestamp() THEN ms(w.previous_until) ELSE 0 END
              AS previous_until,
            (SELECT f.id FROM users f WHERE f.numeric_id = l.user_ids[1]) AS only_user
          FROM webhook_subscription w JOIN lane l ON l.id = w.id
            JOIN realm r ON r.id = l.realm_id
            JOIN users u ON u.numeric_id = w.created_by
          """;

  private static final String FIND = COLUMNS + "WHERE w.id = $1";

  public Future<Optional<WebhookSubscription>> find(UUID id) {
    return database.query(FIND, Tuple.of(id)).map(WebhookStore::first);
  }

  private static Future<Optional<WebhookSubscription>> find(SqlClient on, UUID id) {
    return Database.query(on, FIND, Tuple.of(id)).map(WebhookStore::first);
  }

  private static final String LIST =
      COLUMNS
          + """
          WHERE ($1::integer IS NULL OR l.realm_id = $1) AND ($2::uuid IS NULL OR w.id < $2)
          ORDER BY w.id DESC
          LIMIT $3
          """;

  /**
   * Newest first.
   *
   * @param realmId null for all realms
   * @param after the last one that is known; null for the first page
   */
  public Future<List<WebhookSubscription>> list(
      @Nullable Integer realmId, @Nullable UUID after, int limit) {
    return database.query(LIST, Tuple.of(realmId, after, limit)).map(WebhookStore::subscriptions);
  }

  private static final String CHANGE =
      "UPDATE webhook_subscription SET url = $2, description = $3 WHERE id = $1";

  /** Sets what the customer may set. */
  public Future<Optional<WebhookSubscription>> change(
      WebhookSubscription from,
      String url,
      @Nullable String description,
      LaneFilter filter,
      Initiator by) {
    return change(
        from,
        AdminChange.CHANGED,
        by,
        on ->
            Database.query(on, CHANGE, Tuple.of(from.id(), url, description))
                .compose(changed -> LaneStore.changeFilter(on, from.id(), filter)));
  }

  /**
   * Pauses or resumes.
   *
   * @param reason null for none
   */
  public Future<Optional<WebhookSubscription>> changeState(
      WebhookSubscription from, LaneState state, @Nullable String reason, Initiator by) {
    return database.transaction(
        on ->
            LaneStore.changeState(on, from.id(), state, reason)
                .compose(
                    changed ->
                        changed ? log(on, from, AdminChange.CHANGED, by) : Future.succeededFuture())
                .compose(logged -> find(on, from.id())));
  }

  private static final String ROTATE =
      """
      UPDATE webhook_subscription SET
        previous_secret = CASE WHEN $3::bigint > 0 THEN secret END,
        previous_until = CASE WHEN $3::bigint > 0
          THEN clock_timestamp() + $3::bigint * interval '1 ms' END,
        secret = $2
      WHERE id = $1
      """;

  /**
   * Sets a new secret; the one before goes on to sign beside it for a while.
   *
   * @param overlap for how long; zero for not at all
   */
  public Future<Optional<WebhookSubscription>> rotate(
      WebhookSubscription from, SealedSecret secret, Duration overlap, Initiator by) {
    return change(
        from,
        AdminChange.CHANGED,
        by,
        on ->
            Database.query(on, ROTATE, Tuple.of(from.id(), bytes(secret), overlap.toMillis()))
                .compose(rotated -> LaneStore.touch(on, from.id())));
  }

  /**
   * Has the lane begin again after a place in the log.
   *
   * @see DeliveryStore#rewind
   */
  public Future<Optional<WebhookSubscription>> replay(
      WebhookSubscription from, EventCursor after, Initiator by) {
    return change(
        from, AdminChange.CHANGED, by, on -> DeliveryStore.rewind(on, from.id(), after).mapEmpty());
  }

  /**
   * Makes one delivery due again.
   *
   * @return whether it is there
   */
  public Future<Boolean> retry(WebhookSubscription of, UUID deliveryId, Initiator by) {
    return database.transaction(
        on ->
            DeliveryStore.retry(on, of.id(), deliveryId)
                .compose(
                    there ->
                        there
                            ? LaneStore.touch(on, of.id())
                                .compose(touched -> log(on, of, AdminChange.CHANGED, by))
                                .map(true)
                            : Future.succeededFuture(false)));
  }

  /**
   * Queues a message of the subscription's own.
   *
   * @param data JSON
   * @return the delivery's id
   */
  public Future<UUID> enqueue(
      WebhookSubscription to, String messageId, String type, String data, Initiator by) {
    return database.transaction(
        on ->
            LaneStore.enqueue(on, to.id(), messageId, type, data)
                .compose(id -> log(on, to, AdminChange.CHANGED, by).map(id)));
  }

  private static final String DELETE = "DELETE FROM webhook_subscription WHERE id = $1";

  /**
   * @return whether it was there until now
   */
  public Future<Boolean> delete(WebhookSubscription from, Initiator by) {
    return database.transaction(
        on ->
            Database.query(on, DELETE, Tuple.of(from.id()))
                .compose(
                    rows ->
                        rows.rowCount() == 0
                            ? Future.succeededFuture(false)
                            : LaneStore.delete(on, from.id())
                                .compose(deleted -> log(on, from, AdminChange.DELETED, by))
                                .map(true)));
  }

  private Future<Optional<WebhookSubscription>> change(
      WebhookSubscription from,
      AdminChange kind,
      Initiator by,
      Function<SqlConnection, Future<Void>> work) {
    return database.transaction(
        on ->
            work.apply(on)
                .compose(done -> log(on, from, kind, by))
                .compose(logged -> find(on, from.id())));
  }

  private static Future<Void> log(
      SqlClient on, WebhookSubscription of, AdminChange kind, Initiator by) {
    return kind.write(on, of.lane().realmId(), KIND, of.id(), host(of.url()), by);
  }

  /** A path or query may be what lets a caller in, so the log names the host alone. */
  private static String host(String url) {
    return java.net.URI.create(url).getHost();
  }

  private static final String TARGET =
      """
      SELECT l.revision, w.url, w.secret, w.previous_secret,
        COALESCE(ms(w.previous_until), 0) AS previous_until
      FROM webhook_subscription w JOIN lane l ON l.id = w.id
      WHERE w.id = $1
      """;

  /**
   * Where and how to send.
   *
   * @param revision of the lane's settings
   * @param previous the secret before
   * @param previousUntil until when that one signs, too, in epoch milliseconds
   */
  public record Target(
      long revision,
      String url,
      SealedSecret secret,
      @Nullable SealedSecret previous,
      long previousUntil) {}

  public Future<Optional<Target>> target(UUID id) {
    return database
        .query(TARGET, Tuple.of(id))
        .map(
            rows -> {
              for (Row row : rows) {
                Buffer previous = row.getBuffer("previous_secret");
                return Optional.of(
                    new Target(
                        row.getLong("revision"),
                        row.getString("url"),
                        SealedSecret.of(row.getBuffer("secret").getBytes()),
                        previous == null ? null : SealedSecret.of(previous.getBytes()),
                        row.getLong("previous_until")));
              }
              return Optional.empty();
            });
  }

  private static Optional<WebhookSubscription> first(RowSet<Row> rows) {
    return subscriptions(rows).stream().findFirst();
  }

  private static List<WebhookSubscription> subscriptions(RowSet<Row> rows) {
    List<WebhookSubscription> subscriptions = new ArrayList<>(rows.size());
    for (Row row : rows) {
      subscriptions.add(
          new WebhookSubscription(
              LaneStore.lane(row),
              row.getString("realm"),
              row.getString("url"),
              row.getString("description"),
              row.getUUID("only_user"),
              UserStore.reference(row),
              row.getLong("created_at"),
              row.getLong("previous_until")));
    }
    return subscriptions;
  }

  private static Buffer bytes(SealedSecret secret) {
    return Buffer.buffer(secret.bytes());
  }
}
