package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.Lease;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import dev.curfew.store.LeaseRows.State;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Who works on which recording. {@link Lease} decides, on the row as it was read; the statement
 * that writes the decision names the stage and the fencing token it was made on and changes nothing
 * when they are others by then, in which case it is decided anew. Every change of stage is written
 * together with its event.
 */
public final class ClaimStore {
  /** How often a decision is made anew when somebody else was quicker. */
  private static final int TRIES = 8;

  private final Database database;
  private final LeaseRows rows;

  public ClaimStore(Database database) {
    this.database = database;
    this.rows = new LeaseRows(database);
  }

  // Claiming

  /** What an earlier attempt made of it is not to be taken for what this one makes. */
  private static final String FORGET =
      """
      forgotten AS (
        DELETE FROM artefact a USING claimed c WHERE a.session_id = c.session_id
      ),
      """;

  /**
   * The longest waiting are handed to the slots in turn. The next token is drawn from far above the
   * last, so that a token of one recording is not by chance good for another. The stage is written
   * out since the index is for these stages.
   */
  private static String claimStatement(Work work) {
    return """
        WITH ready AS MATERIALIZED (
          SELECT session_id, ready_at FROM recording
          WHERE stage = %d AND ready_at >= at_ms($1) AND ready_at <= clock_timestamp()
          ORDER BY ready_at
          LIMIT cardinality($2::text[])
          FOR UPDATE SKIP LOCKED
        ), numbered AS (
          SELECT session_id, ready_at, row_number() OVER (ORDER BY ready_at) AS position
          FROM ready
        ), claimed AS (
          UPDATE recording r
          SET stage = %d, owner = slot.owner,
              token = r.token + 1 + floor(random() * (1::bigint << 31))::bigint,
              lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond',
              reported_at = clock_timestamp(), attempt = r.attempt + 1, ready_at = NULL,
              updated_at = clock_timestamp()
          FROM numbered n
            JOIN unnest($2::text[]) WITH ORDINALITY AS slot (owner, position) USING (position)
          WHERE r.session_id = n.session_id
          RETURNING slot.position, n.ready_at, r.session_id, r.realm_id, r.user_id, r.owner,
            r.token, r.lease_until, r.attempt
        ), %s logged AS (
          INSERT INTO event (type, realm_id, session_id, user_id, at, data)
          SELECT '%s', c.realm_id, c.session_id, c.user_id, clock_timestamp(),
            jsonb_build_object(
              'sessionId', c.session_id, 'userId', c.user_id, 'from', '%s', 'stage', '%s',
              'owner', c.owner, 'attempt', c.attempt,
              'by', jsonb_build_object('kind', 'process', 'userId', 0, 'name', c.owner))
          FROM claimed c ORDER BY c.position
        )
        SELECT position, ms(ready_at) AS ready_at, session_id, owner, token,
          ms(lease_until) AS lease_until, attempt
        FROM claimed ORDER BY position
        """
        .formatted(
            work.waiting().code(),
            work.underWay().code(),
            work == Work.ENCODE ? FORGET : "",
            (work == Work.ENCODE ? EventType.RECORDING_ENCODING : EventType.RECORDING_UPLOADING)
                .wireName(),
            work.waiting().wireName(),
            work.underWay().wireName());
  }

  private static final String CLAIM_ENCODE = claimStatement(Work.ENCODE);
  private static final String CLAIM_UPLOAD = claimStatement(Work.UPLOAD);

  /** What was granted to which slot. */
  public record Granted(int slot, Claim claim) {}

  /**
   * @param latestReadyAt since when the last one granted had waited, epoch milliseconds; 0 when
   *     nothing was granted
   */
  public record Grant(List<Granted> granted, long latestReadyAt) {}

  /**
   * Claims recordings, the longest waiting first, in one statement.
   *
   * @param slots the instance that gets the first, that which gets the second, and so on
   * @param readySince only those that have waited since then or later: the index begins with
   *     entries of rows that were claimed lately and not yet cleaned up, and this leads past them;
   *     0 for all
   */
  public Future<Grant> claim(Work work, List<String> slots, Duration lease, long readySince) {
    return database
        .query(
            work == Work.ENCODE ? CLAIM_ENCODE : CLAIM_UPLOAD,
            Tuple.of(readySince, slots.toArray(String[]::new), lease.toMillis()))
        .map(
            rows -> {
              List<Granted> granted = new ArrayList<>(rows.size());
              long latest = 0;
              for (Row row : rows) {
                latest = Math.max(latest, row.getLong("ready_at"));
                granted.add(
                    new Granted(
                        (int) (row.getLong("position") - 1),
                        new Claim(
                            row.getUUID("session_id"),
                            work,
                            row.getString("owner"),
                            row.getLong("token"),
                            row.getLong("lease_until"),
                            row.getInteger("attempt"))));
              }
              return new Grant(granted, latest);
            });
  }

  // Renewing

  private static final String RENEW =
      """
      UPDATE recording
      SET lease_until = GREATEST(
            lease_until, clock_timestamp() + $4::bigint * interval '1 millisecond'),
          reported_at = clock_timestamp(), updated_at = clock_timestamp()
      WHERE session_id = $1 AND stage IN (3, 5)
        AND owner = COALESCE($2, owner) AND token = COALESCE($3, token)
      RETURNING stage, ms(lease_until) AS lease_until
      """;

  /**
   * The worker is alive.
   *
   * @return fails with NOT_OWNER for whoever neither holds the claim, nor has finished the work,
   *     nor was the session's gateway when it ended; NOT_FOUND
   */
  public Future<Renewal> renew(UUID sessionId, Claimant who, Duration lease) {
    return database
        .query(RENEW, Tuple.of(sessionId, who.instance(), who.token(), lease.toMillis()))
        .compose(
            renewed -> {
              for (Row row : renewed) {
                return Future.succeededFuture(
                    new Renewal(
                        RecordingStage.ofCode(row.getShort("stage")),
                        row.getLong("lease_until"),
                        false));
              }
              return rows.read(sessionId).map(state -> withoutClaim(state, who));
            });
  }

  private static Renewal withoutClaim(State state, Claimant who) {
    Lease lease = state.lease();
    boolean gateway =
        who.token() == null && state.gateway() != null && state.gateway().equals(who.instance());
    if (!gateway && !lease.finishedBy(who)) {
      throw lease.notHeld().toException();
    }
    return new Renewal(lease.stage(), 0, gateway);
  }

  /** Whether the claimant may write for this work. Fails with NOT_OWNER, NOT_FOUND. */
  public Future<Void> requireHeld(UUID sessionId, Claimant who, Work work) {
    return rows.read(sessionId)
        .map(
            state -> {
              if (state.lease().stage() != work.underWay() || !state.lease().heldBy(who)) {
                throw state.lease().notHeld().toException();
              }
              return null;
            });
  }

  // Moving on

  /**
   * What became of a request to move a recording.
   *
   * @param stage the stage it is in now
   * @param changed false when it was so already
   */
  public record Moved(RecordingStage stage, boolean changed) {}

  /**
   * A worker reports how far it has come; see {@link Lease#reported}.
   *
   * @param rest how long the recording rests before it can be claimed again, if the attempt failed
   * @return fails with NOT_OWNER, WRONG_STATE, NOT_FOUND
   */
  public Future<Moved> report(
      UUID sessionId,
      Claimant who,
      RecordingStage to,
      int maxAttempts,
      Duration rest,
      StageDetails details) {
    return move(
        sessionId,
        lease -> lease.reported(who, to, maxAttempts),
        after -> rest,
        details,
        ClaimStore::process,
        TRIES);
  }

  /**
   * A worker gives its claim back unharmed; the attempt does not count.
   *
   * @param rest how long the recording rests before it can be claimed again
   * @return fails with NOT_OWNER, NOT_FOUND
   */
  public Future<Moved> handBack(UUID sessionId, Claimant who, Duration rest, String why) {
    return move(
        sessionId,
        lease -> lease.handedBack(who),
        after -> rest,
        StageDetails.failure(why),
        ClaimStore::process,
        TRIES);
  }

  /**
   * A worker puts its work off for an outage; see {@link Lease#postponed}.
   *
   * @param firstRest how long the recording rests if it is the first time in a row
   */
  public Future<Moved> postpone(UUID sessionId, Claimant who, Duration firstRest, String why) {
    return move(
        sessionId,
        lease -> lease.postponed(who),
        after -> Duration.ofMillis(after.rest(firstRest.toMillis())),
        StageDetails.failure(why),
        ClaimStore::process,
        TRIES);
  }

  /** A Failed recording is tried again. Fails with WRONG_STATE. */
  public Future<Moved> retry(UUID sessionId, Initiator by) {
    return move(sessionId, Lease::retried, StageDetails.NONE, lease -> by);
  }

  private static Initiator process(Lease before) {
    return new Initiator(Initiator.Kind.PROCESS, 0, String.valueOf(before.owner()));
  }

  private Future<Moved> move(
      UUID sessionId,
      Function<Lease, Lease.Decision> rule,
      StageDetails details,
      Function<Lease, Initiator> by) {
    return move(sessionId, rule, after -> Duration.ZERO, details, by, TRIES);
  }

  private Future<Moved> move(
      UUID sessionId,
      Function<Lease, Lease.Decision> rule,
      Function<Lease, Duration> rest,
      StageDetails details,
      Function<Lease, Initiator> by,
      int triesLeft) {
    return rows.read(sessionId)
        .compose(
            state -> {
              Lease before = state.lease();
              Lease.Decision decision = rule.apply(before);
              if (decision instanceof Lease.Decision.Refused refused) {
                return Future.failedFuture(refused.toException());
              }
              if (!(decision instanceof Lease.Decision.Moved moved)) {
                return Future.succeededFuture(new Moved(before.stage(), false));
              }
              if (state.deleted()) {
                return Future.failedFuture(
                    CurfewException.of(ErrorCode.WRONG_STATE, "The recording was deleted"));
              }
              Lease after = moved.lease();
              return rows.write(
                      sessionId, before, after, null, rest.apply(after), details, by.apply(before))
                  .compose(
                      written ->
                          written
                              ? Future.succeededFuture(new Moved(after.stage(), true))
                              : again(sessionId, rule, rest, details, by, triesLeft));
            });
  }

  private Future<Moved> again(
      UUID sessionId,
      Function<Lease, Lease.Decision> rule,
      Function<Lease, Duration> rest,
      StageDetails details,
      Function<Lease, Initiator> by,
      int triesLeft) {
    return triesLeft == 0
        ? Future.failedFuture(
            CurfewException.of(
                ErrorCode.UNAVAILABLE, "The recording is being moved by others; try again"))
        : move(sessionId, rule, rest, details, by, triesLeft - 1);
  }

  // Giving owners up

  /**
   * A recording whose owner was given up.
   *
   * @param owner who held the claim
   * @param silent for how long it had not been heard, in milliseconds
   */
  public record GivenUp(UUID sessionId, String owner, RecordingStage stage, long silent) {}

  /**
   * Puts back the recordings whose owners are {@linkplain Lease#stale stale}.
   *
   * @param limit longest silence of an owner
   * @param hearingSince since when owners could have been heard, epoch milliseconds
   * @param most how many to look at
   */
  public Future<List<GivenUp>> giveUpStale(
      Work work, Duration limit, long hearingSince, int maxAttempts, int most) {
    return rows.runOut(work, most)
        .compose(
            states -> {
              Future<List<GivenUp>> all = Future.succeededFuture(new ArrayList<>());
              for (State state : states) {
                if (state.lease().stale(state.now(), limit.toMillis(), hearingSince)) {
                  long silent = state.now() - state.lease().reportedAt();
                  String why = "its owner has been silent for " + silent / 1000 + " s";
                  all = all.compose(list -> giveUp(state, maxAttempts, silent, why, list));
                }
              }
              return all;
            });
  }

  /**
   * Puts back what earlier runs of a worker of this name left behind: they are known to be over.
   *
   * @param prefix begins the names of all runs of the worker
   * @param current the name of the present run
   */
  public Future<List<GivenUp>> giveUpEarlierRuns(
      Work work, String prefix, String current, int maxAttempts) {
    return rows.owned(work, prefix)
        .compose(
            states -> {
              Future<List<GivenUp>> all = Future.succeededFuture(new ArrayList<>());
              for (State state : states) {
                if (!current.equals(state.lease().owner())) {
                  long silent = state.now() - state.lease().reportedAt();
                  all =
                      all.compose(
                          list ->
                              giveUp(state, maxAttempts, silent, "its owner was restarted", list));
                }
              }
              return all;
            });
  }

  private Future<List<GivenUp>> giveUp(
      State state, int maxAttempts, long silent, String why, List<GivenUp> sofar) {
    Lease before = state.lease();
    Lease after = before.attemptFailed(maxAttempts);
    return rows.write(
            state.sessionId(),
            before,
            after,
            before.until(),
            Duration.ZERO,
            StageDetails.failure(why),
            Initiator.WATCHDOG)
        .map(
            written -> {
              if (written) {
                sofar.add(
                    new GivenUp(
                        state.sessionId(), String.valueOf(before.owner()), after.stage(), silent));
              }
              return sofar;
            });
  }
}
