package dev.curfew.store;

import dev.curfew.auth.Principal;
import dev.curfew.auth.SealedSecret;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.SignalStream;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Streams of security events: what their receivers said of them, over the lanes that they are. */
public final class SignalStreamStore {
  /** The kind of their lanes. */
  public static final String KIND = "set";

  private static final String WHAT = "signal-stream";

  private static final String COLUMNS =
      """
      s.id, l.realm_id, s.receiver, s.endpoint_url, s.events_requested, s.description,
      l.state AS lane_state, l.reason, ms(s.created_at) AS created_at
      """;

  private static final String FROM =
      " FROM signal_stream s JOIN lane l ON l.id = s.id AND l.state <> 'deleted' ";

  private final Database database;

  public SignalStreamStore(Database database) {
    this.database = database;
  }

  /**
   * Where and how tokens reach the receiver.
   *
   * @param endpointUrl null for a stream that is polled
   * @param authorization null for none
   */
  public record DeliveryRow(@Nullable String endpointUrl, @Nullable SealedSecret authorization) {
    private @Nullable Buffer sealed() {
      return authorization == null ? null : Buffer.buffer(authorization.bytes());
    }
  }

  /**
   * A stream to be written.
   *
   * @param types of events of the log that it carries
   */
  public record NewRow(
      UUID id,
      DeliveryRow delivery,
      @Nullable List<String> eventsRequested,
      Set<String> types,
      @Nullable String description) {}

  /** One at a time for each receiver, so that its streams can be counted. */
  private static final String RECEIVER =
      """
      SELECT r AS receiver, pg_advisory_xact_lock(hashtextextended('signal-stream/' || r, 0))
      FROM signal_receiver($1, $2) r
      """;

  private static final String COUNT =
      "SELECT count(*)::integer AS streams FROM signal_stream WHERE receiver = $1";

  private static final String INSERT =
      """
      INSERT INTO signal_stream (
        id, receiver, endpoint_url, endpoint_authorization, events_requested, description,
        created_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      """;

  /**
   * Makes a stream that begins at the end of the log, for the receiver that the caller is.
   *
   * @param most streams of a receiver
   * @return empty when the receiver has as many already
   */
  public Future<Optional<SignalStream>> insert(Principal by, NewRow row, int most) {
    return database.transaction(
        on ->
            Database.query(on, RECEIVER, Tuple.of(by.credentialId(), by.userUuid()))
                .map(rows -> rows.iterator().next().getUUID("receiver"))
                .compose(
                    receiver ->
                        Database.query(on, COUNT, Tuple.of(receiver))
                            .compose(
                                rows ->
                                    rows.iterator().next().getInteger("streams") >= most
                                        ? Future.succeededFuture(Optional.<SignalStream>empty())
                                        : insert(on, by, row, receiver))));
  }

  private Future<Optional<SignalStream>> insert(
      SqlClient on, Principal by, NewRow row, UUID receiver) {
    DeliveryRow delivery = row.delivery();
    return LaneStore.insert(
            on,
            new LaneStore.NewRow(
                row.id(),
                KIND,
                by.realmId(),
                delivery.endpointUrl() != null,
                new LaneFilter(row.types(), null, null, null, true, null),
                null))
        .compose(
            lane ->
                Database.query(
                    on,
                    INSERT,
                    Tuple.of(row.id(), receiver, delivery.endpointUrl(), delivery.sealed())
                        .addArrayOfString(texts(row.eventsRequested()))
                        .addString(row.description())
                        .addInteger(by.userId())))
        .compose(
            inserted ->
                AdminChange.CREATED.write(
                    on, by.realmId(), WHAT, row.id(), name(row.description()), initiator(by)))
        .compose(written -> find(on, row.id(), by))
        .map(found -> found.map(Owned::stream));
  }

  /**
   * A stream as somebody asks for it.
   *
   * @param own whether who asks is its receiver
   */
  public record Owned(SignalStream stream, boolean own) {}

  private static final String FIND =
      "SELECT "
          + COLUMNS
          + ", s.receiver = signal_receiver($2, $3) AS own"
          + FROM
          + "WHERE s.id = $1";

  public Future<Optional<Owned>> find(UUID id, Principal by) {
    return database.query(FIND, key(id, by)).map(SignalStreamStore::owned);
  }

  private static Future<Optional<Owned>> find(SqlClient on, UUID id, Principal by) {
    return Database.query(on, FIND, key(id, by)).map(SignalStreamStore::owned);
  }

  private static Tuple key(UUID id, Principal by) {
    return Tuple.of(id, by.credentialId(), by.userUuid());
  }

  private static Optional<Owned> owned(Iterable<Row> rows) {
    for (Row row : rows) {
      return Optional.of(new Owned(stream(row), row.getBoolean("own")));
    }
    return Optional.empty();
  }

  private static final String LIST =
      "SELECT "
          + COLUMNS
          + FROM
          + """
          WHERE s.receiver = signal_receiver($1, $2) AND l.realm_id = $3
          ORDER BY s.created_at, s.id
          """;

  /** The streams of the receiver that the caller is, oldest first. */
  public Future<List<SignalStream>> list(Principal by) {
    return database
        .query(LIST, Tuple.of(by.credentialId(), by.userUuid(), by.realmId()))
        .map(
            rows -> {
              List<SignalStream> streams = new ArrayList<>(rows.size());
              rows.forEach(row -> streams.add(stream(row)));
              return streams;
            });
  }

  /**
   * A change of what the receiver said.
   *
   * @param delivery null to leave it as it is
   * @param keepAuthorization whether to go on with the secret where the delivery brings none and
   *     goes where it went
   * @param events whether {@code eventsRequested} counts
   * @param types of events of the log that it carries from then on, where that counts
   * @param describes whether {@code description} counts
   */
  public record Change(
      @Nullable DeliveryRow delivery,
      boolean keepAuthorization,
      boolean events,
      @Nullable List<String> eventsRequested,
      Set<String> types,
      boolean describes,
      @Nullable String description) {}

  private static final String CHANGE =
      """
      UPDATE signal_stream SET
        endpoint_authorization = CASE
          WHEN NOT $2::boolean THEN endpoint_authorization
          WHEN $4::bytea IS NULL AND $5::boolean AND endpoint_url = $3 THEN endpoint_authorization
          ELSE $4 END,
        endpoint_url = CASE WHEN $2 THEN $3::text ELSE endpoint_url END,
        events_requested = CASE WHEN $6::boolean THEN $7::text[] ELSE events_requested END,
        description = CASE WHEN $8::boolean THEN $9::text ELSE description END
      WHERE id = $1
      RETURNING endpoint_url IS NOT NULL AS pushed, description
      """;

  /**
   * The lane of the stream. One that is to be pushed from now on, or no longer, is taken from the
   * node that holds it, since that node knows it as it was.
   */
  private static final String CHANGE_LANE =
      """
      UPDATE lane SET
        types = CASE WHEN $3::boolean THEN $4::text[] ELSE types END,
        holder = CASE WHEN driven = $2 THEN holder END,
        leased_until = CASE WHEN driven = $2 THEN leased_until END,
        fence = CASE WHEN driven = $2 THEN fence ELSE fence + 1 END,
        driven = $2,
        revision = revision + 1
      WHERE id = $1
      """;

  /** Changes a stream of the caller. */
  public Future<Optional<Owned>> change(UUID id, Principal by, Change change) {
    return database.transaction(
        on ->
            Database.query(on, CHANGE, parameters(id, change))
                .compose(
                    rows -> {
                      for (Row row : rows) {
                        return Database.query(
                                on,
                                CHANGE_LANE,
                                Tuple.of(id, row.getBoolean("pushed"), change.events())
                                    .addArrayOfString(change.types().toArray(String[]::new)))
                            .compose(
                                changed ->
                                    AdminChange.CHANGED.write(
                                        on,
                                        by.realmId(),
                                        WHAT,
                                        id,
                                        name(row.getString("description")),
                                        initiator(by)));
                      }
                      return Future.succeededFuture();
                    })
                .compose(done -> find(on, id, by)));
  }

  private static Tuple parameters(UUID id, Change change) {
    DeliveryRow delivery = change.delivery();
    return Tuple.of(
            id,
            delivery != null,
            delivery == null ? null : delivery.endpointUrl(),
            delivery == null ? null : delivery.sealed(),
            change.keepAuthorization(),
            change.events())
        .addArrayOfString(texts(change.eventsRequested()))
        .addBoolean(change.describes())
        .addString(change.description());
  }

  private static final String LOCKED =
      "SELECT state AS lane_state FROM lane WHERE id = $1 AND state <> 'deleted' FOR UPDATE";

  private static final String DROP =
      "DELETE FROM delivery WHERE lane_id = $1 AND state = 'pending'";

  /**
   * Enables, pauses or disables a stream of the caller. What a disabled one holds is dropped, and
   * what happens until it is enabled again is passed over.
   *
   * @param end of the log, for a stream that has been disabled until now
   */
  public Future<Optional<Owned>> changeState(
      UUID id, Principal by, LaneState state, @Nullable String reason, EventCursor end) {
    return database.transaction(
        on ->
            Database.query(on, LOCKED, Tuple.of(id))
                .compose(
                    rows -> {
                      for (Row row : rows) {
                        LaneState before = LaneState.ofWireName(row.getString("lane_state"));
                        return changeState(on, id, by, before, state, reason, end);
                      }
                      return Future.succeededFuture();
                    })
                .compose(done -> find(on, id, by)));
  }

  private static Future<Void> changeState(
      SqlClient on,
      UUID id,
      Principal by,
      LaneState before,
      LaneState state,
      @Nullable String reason,
      EventCursor end) {
    boolean drops = state == LaneState.DISABLED || before == LaneState.DISABLED;
    boolean resumes = before == LaneState.DISABLED && state != LaneState.DISABLED;
    return LaneStore.changeState(on, id, state, reason)
        .compose(
            changed ->
                changed
                    ? AdminChange.CHANGED.write(
                        on, by.realmId(), WHAT, id, state.wireName(), initiator(by))
                    : Future.succeededFuture())
        .compose(
            written ->
                drops
                    ? Database.query(on, DROP, Tuple.of(id)).<Void>mapEmpty()
                    : Future.succeededFuture())
        .compose(
            dropped ->
                resumes
                    ? DeliveryStore.rewind(on, id, end).<Void>mapEmpty()
                    : Future.succeededFuture());
  }

  private static final String DELETE =
      "DELETE FROM signal_stream WHERE id = $1 RETURNING description";

  /**
   * Ends a stream of the caller.
   *
   * @return whether it was there until now
   */
  public Future<Boolean> delete(UUID id, Principal by) {
    return database.transaction(
        on ->
            Database.query(on, DELETE, Tuple.of(id))
                .compose(
                    rows -> {
                      for (Row row : rows) {
                        return LaneStore.delete(on, id)
                            .compose(
                                deleted ->
                                    AdminChange.DELETED.write(
                                        on,
                                        by.realmId(),
                                        WHAT,
                                        id,
                                        name(row.getString("description")),
                                        initiator(by)))
                            .map(true);
                      }
                      return Future.succeededFuture(false);
                    }));
  }

  private static final String VERIFY =
      """
      WITH asked AS (
        UPDATE signal_stream SET verified_at = clock_timestamp()
        WHERE id = $1 AND (verified_at IS NULL
          OR verified_at <= clock_timestamp() - $2::bigint * interval '1 ms')
        RETURNING id
      )
      SELECT enqueue_delivery(asked.id, $3, $4, $5) AS queued FROM asked
      """;

  /**
   * Queues a verification event, unless the last one was asked for too short a time ago.
   *
   * @param payload the event, as JSON
   * @return whether it was queued
   */
  public Future<Boolean> verify(
      UUID id, Duration interval, String messageId, String type, String payload) {
    return database
        .query(VERIFY, Tuple.of(id, interval.toMillis(), messageId, type, payload))
        .map(rows -> rows.size() > 0);
  }

  private static final String HOLDING =
      """
      SELECT l.id FROM lane l
      WHERE l.id = ANY ($1::uuid[]) AND l.state = 'enabled'
        AND EXISTS (SELECT FROM delivery d WHERE d.lane_id = l.id AND d.state = 'pending')
      UNION ALL
      SELECT gone FROM unnest($1) gone
      WHERE NOT EXISTS (SELECT FROM signal_stream s WHERE s.id = gone)
      """;

  /** Those of some streams that have something for whoever polls them: messages, or their end. */
  public Future<Set<UUID>> holding(Set<UUID> streams) {
    return database
        .query(HOLDING, Tuple.tuple().addArrayOfUUID(streams.toArray(UUID[]::new)))
        .map(
            rows -> {
              Set<UUID> holding = new HashSet<>();
              rows.forEach(row -> holding.add(row.getUUID("id")));
              return holding;
            });
  }

  /**
   * Where a stream's tokens go.
   *
   * @param authorization null for none
   * @param receiverLives whether the receiver's account is still there
   */
  public record Target(
      UUID receiver,
      String endpointUrl,
      @Nullable SealedSecret authorization,
      boolean receiverLives) {}

  private static final String TARGET =
      """
      SELECT receiver, endpoint_url, endpoint_authorization,
        signal_receiver_lives(receiver) AS receiver_lives
      FROM signal_stream
      WHERE id = $1 AND endpoint_url IS NOT NULL
      """;

  /** Empty for a stream that is no longer pushed. */
  public Future<Optional<Target>> target(UUID id) {
    return database
        .query(TARGET, Tuple.of(id))
        .map(
            rows -> {
              for (Row row : rows) {
                Buffer sealed = row.getBuffer("endpoint_authorization");
                return Optional.of(
                    new Target(
                        row.getUUID("receiver"),
                        row.getString("endpoint_url"),
                        sealed == null ? null : SealedSecret.of(sealed.getBytes()),
                        row.getBoolean("receiver_lives")));
              }
              return Optional.empty();
            });
  }

  private static SignalStream stream(Row row) {
    String[] events = row.getArrayOfStrings("events_requested");
    return new SignalStream(
        row.getUUID("id"),
        row.getInteger("realm_id"),
        row.getUUID("receiver"),
        row.getString("endpoint_url"),
        events == null ? null : Arrays.asList(events),
        row.getString("description"),
        LaneState.ofWireName(row.getString("lane_state")),
        row.getString("reason"),
        row.getLong("created_at"));
  }

  private static String @Nullable [] texts(@Nullable List<String> values) {
    return values == null ? null : values.toArray(String[]::new);
  }

  private static String name(@Nullable String description) {
    return description == null ? "" : description;
  }

  /** A receiver manages what is its own. */
  private static Initiator initiator(Principal by) {
    return by.initiator(by.userId());
  }
}
