package dev.curfew.store;

import dev.curfew.auth.TokenHash;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.User;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Attempts to log in by password: who is meant, how many attempts there were, what came of them.
 *
 * <p>Attempts are counted in leaky buckets, one for each {@link Subject}. An attempt is put into
 * all of its buckets before anything is checked, under the locks of their rows, so that of any
 * number of attempts at once, on any nodes, only as many get through as there is room for; one that
 * does not fit is put into none. A success takes its own drop out again, and empties the bucket of
 * its name at its address.
 */
public final class LoginAttemptStore {
  /** An event must belong to a realm; what belongs to none is root's. */
  private static final int ROOT_REALM = 1;

  private final Database database;

  public LoginAttemptStore(Database database) {
    this.database = database;
  }

  /**
   * A bucket.
   *
   * @param hash of what is counted
   * @param most attempts that may come at once
   * @param step how long one attempt takes to leak
   */
  public record Subject(TokenHash hash, int most, Duration step) {}

  /**
   * What an attempt is counted by.
   *
   * @param pair the name at this address
   * @param address the address, whatever the name
   * @param name the name, wherever from; not counted at addresses that it was logged in from
   */
  public record Subjects(Subject pair, Subject address, Subject name) {
    List<Subject> all() {
      return List.of(pair, address, name);
    }
  }

  /** Whose password is to be checked. */
  public record Account(UUID id, int numericId, int realmId, @Nullable String passwordHash) {
    @Override
    public String toString() {
      return "Account[" + id + "]";
    }
  }

  private static final String ADMIT =
      """
      INSERT INTO login_throttle AS t (subject, step_ms, empty_at)
      SELECT s.subject, s.step_ms, clock_timestamp() + s.step_ms * interval '1 ms'
      FROM unnest($1::bytea[], $2::integer[]) AS s (subject, step_ms)
      WHERE s.subject <> $3 OR NOT EXISTS (
        SELECT FROM login_known_address k
        WHERE k.subject = $4 AND k.last_login_at > clock_timestamp() - interval '90 days')
      ORDER BY s.subject
      ON CONFLICT (subject) DO UPDATE
      SET step_ms = excluded.step_ms,
          empty_at = GREATEST(t.empty_at, clock_timestamp()) + excluded.step_ms * interval '1 ms'
      RETURNING subject, ms(empty_at) - ms(clock_timestamp()) AS level_ms
      """;

  private static final String FORGET =
      """
      WITH old AS (
        SELECT subject FROM login_throttle
        WHERE empty_at < clock_timestamp() - interval '1 hour'
        ORDER BY subject LIMIT 20
        FOR UPDATE SKIP LOCKED)
      DELETE FROM login_throttle t USING old WHERE t.subject = old.subject
      """;

  /**
   * Counts one attempt.
   *
   * @return fails with RATE_LIMITED, telling how long to wait, when there is no room for it
   */
  public Future<Void> admit(Subjects subjects) {
    Buffer[] hashes =
        subjects.all().stream().map(subject -> bytes(subject.hash())).toArray(Buffer[]::new);
    Integer[] steps =
        subjects.all().stream().map(s -> (int) s.step().toMillis()).toArray(Integer[]::new);
    Tuple parameters =
        Tuple.of(hashes, steps, bytes(subjects.name().hash()), bytes(subjects.pair().hash()));
    return database.transaction(
        on ->
            Database.query(on, ADMIT, parameters)
                .compose(
                    rows -> {
                      long wait = 0;
                      for (Row row : rows) {
                        wait = Math.max(wait, wait(row, subjects));
                      }
                      return wait > 0
                          ? Future.failedFuture(tooMany(wait))
                          : Database.query(on, FORGET, Tuple.tuple()).<Void>mapEmpty();
                    }));
  }

  private static long wait(Row row, Subjects subjects) {
    Buffer hash = row.getBuffer("subject");
    for (Subject subject : subjects.all()) {
      if (hash.equals(bytes(subject.hash()))) {
        return row.getLong("level_ms") - subject.most() * subject.step().toMillis();
      }
    }
    throw new IllegalStateException("a bucket that was not asked for");
  }

  private static CurfewException tooMany(long waitMillis) {
    return CurfewException.rateLimited(
        "Too many attempts to log in; try again later", Duration.ofMillis(waitMillis));
  }

  private static final String ACCOUNT =
      """
      SELECT u.id, u.numeric_id, u.realm_id, u.password_hash,
        CASE WHEN u.realm_id <> COALESCE($2::integer, $3) THEN 2
             WHEN lower(u.username) = lower($1) THEN 0
             ELSE 1 END AS rank
      FROM users u
      WHERE (lower(u.username) = lower($1) OR lower(u.email) = lower($1))
        AND u.deleted_at IS NULL AND ($2::integer IS NULL OR u.realm_id = $2)
      ORDER BY rank
      LIMIT 2
      """;

  /**
   * Who is meant by a user name or e-mail address: within the realm the user name counts before the
   * address, which must be the only such. Without a realm root counts first; in the others there
   * must be one only.
   *
   * @param realmId null for any
   */
  public Future<Optional<Account>> account(@Nullable Integer realmId, String name) {
    return database
        .query(ACCOUNT, Tuple.of(name, realmId, ROOT_REALM))
        .map(
            rows -> {
              Row best = null;
              for (Row row : rows) {
                if (best == null) {
                  best = row;
                } else if (best.getInteger("rank").equals(row.getInteger("rank"))) {
                  return Optional.empty();
                }
              }
              return Optional.ofNullable(best).map(LoginAttemptStore::account);
            });
  }

  private static Account account(Row row) {
    return new Account(
        row.getUUID("id"),
        row.getInteger("numeric_id"),
        row.getInteger("realm_id"),
        row.getString("password_hash"));
  }

  private static final String UNCHANGED =
      "SELECT "
          + UserStore.COLUMNS
          + UserStore.FROM
          + "WHERE u.id = $1 AND u.password_hash = $2 AND u.deleted_at IS NULL FOR SHARE OF u";

  private static final String TAKE_OUT =
      """
      WITH mine AS (
        SELECT subject FROM login_throttle WHERE subject = ANY($1::bytea[])
        ORDER BY subject
        FOR UPDATE)
      UPDATE login_throttle t
      SET empty_at = CASE WHEN t.subject = $2 THEN clock_timestamp()
                          ELSE t.empty_at - t.step_ms * interval '1 ms' END
      FROM mine
      WHERE t.subject = mine.subject
      """;

  private static final String KNOW =
      """
      WITH old AS (
        DELETE FROM login_known_address k
        WHERE k.last_login_at < clock_timestamp() - interval '90 days' AND k.subject <> $1)
      INSERT INTO login_known_address AS k (subject, last_login_at)
      VALUES ($1, clock_timestamp())
      ON CONFLICT (subject) DO UPDATE SET last_login_at = excluded.last_login_at
      """;

  /**
   * The password was right: the attempt no longer counts, and the address is known for this name.
   *
   * @return empty when the account was deleted or given another password in the meantime
   */
  public Future<Optional<User>> succeeded(Account account, Subjects subjects, String address) {
    return database.transaction(
        on ->
            Database.query(on, UNCHANGED, Tuple.of(account.id(), account.passwordHash()))
                .compose(
                    rows -> {
                      for (Row row : rows) {
                        User user = UserStore.user(row);
                        return admitted(on, user, subjects, address).map(Optional.of(user));
                      }
                      return Future.succeededFuture(Optional.<User>empty());
                    }));
  }

  private static Future<Void> admitted(
      SqlConnection on, User user, Subjects subjects, String address) {
    // Whether the name's own bucket holds a drop of this attempt is not known: it takes one out in
    // favour of whoever has just shown the password.
    Buffer[] hashes =
        subjects.all().stream().map(subject -> bytes(subject.hash())).toArray(Buffer[]::new);
    return Database.query(on, TAKE_OUT, Tuple.of(hashes, bytes(subjects.pair().hash())))
        .compose(done -> Database.query(on, KNOW, Tuple.of(bytes(subjects.pair().hash()))))
        .compose(
            done ->
                EventWriter.write(
                    on,
                    new LogEntry(
                        EventType.AUTH_LOGIN,
                        user.realmId(),
                        null,
                        (long) user.numericId(),
                        data(address)
                            .put(
                                "by",
                                LogEntry.initiator(
                                    new Initiator(
                                        Initiator.Kind.USER,
                                        user.numericId(),
                                        user.username()))))));
  }

  /**
   * Writes down that somebody was refused.
   *
   * @param realmId where they were looked for; null for everywhere, 0 for nowhere
   * @param account who was meant; null where there is nobody of the name, which is not written down
   *     since it may be a password
   */
  public Future<Void> refused(
      @Nullable Account account, @Nullable Integer realmId, String address) {
    int asked = realmId == null || realmId == 0 ? ROOT_REALM : realmId;
    int realm = account == null ? asked : account.realmId();
    Long user = account == null ? null : (long) account.numericId();
    JsonObject data = data(address);
    if (user != null) {
      data.put("userId", user);
    }
    return database.transaction(
        on -> EventWriter.write(on, new LogEntry(EventType.AUTH_DENIED, realm, null, user, data)));
  }

  private static JsonObject data(String address) {
    return new JsonObject().put("method", "password").put("address", address);
  }

  private static Buffer bytes(TokenHash hash) {
    return Buffer.buffer(hash.bytes());
  }
}
