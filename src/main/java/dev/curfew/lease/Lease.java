package dev.curfew.lease;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Where a recording stands and who works on it. Immutable: each rule answers with the lease as it
 * shall be, or with the reason why it stays as it is.
 *
 * @param owner the worker that holds the claim or, once the work is done, did it; null while the
 *     recording waits
 * @param token the latest fencing token given out; 0 for none
 * @param until when the lease runs out; 0 while nobody holds a claim
 * @param reportedAt the last sign of life of the owner; 0 while nobody holds a claim
 * @param attempt how many times the present work has been claimed
 * @param postponed how many times in a row the present work was put off by an outage
 * @param encoded the claim under which the recording was encoded, so that a repeated report of it
 *     is known again while the uploader is already at work; null before
 * @param failedFrom the stage a Failed recording goes back to when it is retried; null otherwise
 */
public record Lease(
    RecordingStage stage,
    @Nullable String owner,
    long token,
    long until,
    long reportedAt,
    int attempt,
    int postponed,
    @Nullable Claimant encoded,
    @Nullable RecordingStage failedFrom) {

  /** The longest that work rests for an outage, in milliseconds. */
  public static final long LONGEST_REST = 300_000;

  /** A recording whose session has just begun. */
  public static final Lease NONE =
      new Lease(RecordingStage.CONNECTED, null, 0, 0, 0, 0, 0, null, null);

  /** What a rule says. */
  public sealed interface Decision {
    /** The lease shall be this. */
    record Moved(Lease lease) implements Decision {}

    /** It is already so, by the same claim: nothing to do, and a success. */
    record Already() implements Decision {}

    /** Nothing changes. */
    record Refused(ErrorCode code, String message) implements Decision {
      public CurfewException toException() {
        return CurfewException.of(code, message);
      }
    }
  }

  /** The session is over. */
  public Lease ended() {
    return waiting(RecordingStage.ENDED, 0, 0);
  }

  /**
   * Hands the recording to a worker.
   *
   * @param newToken greater than every token before
   * @throws IllegalStateException when the recording does not wait for this work
   */
  public Lease claimed(Work work, String instance, long newToken, long now, long duration) {
    if (stage != work.waiting() || newToken <= token) {
      throw new IllegalStateException(this + " cannot be claimed with " + newToken);
    }
    return new Lease(
        work.underWay(),
        instance,
        newToken,
        now + duration,
        now,
        attempt + 1,
        postponed,
        encoded,
        null);
  }

  /** The owner is alive. A lease that has run out is renewed too, as long as nobody moved it. */
  public Decision renewed(Claimant who, long now, long duration) {
    if (!stage.claimed() || !who.holds(owner, token)) {
      return notHeld();
    }
    return new Decision.Moved(
        new Lease(
            stage,
            owner,
            token,
            Math.max(until, now + duration),
            now,
            attempt,
            postponed,
            encoded,
            null));
  }

  /** Whether the claimant did the work that is done, and nobody else has begun the same again. */
  public boolean finishedBy(Claimant who) {
    return !stage.claimed() && who.holds(owner, token) || encodedBy(who);
  }

  /** Whether the claimant may write for the work that is under way. */
  public boolean heldBy(Claimant who) {
    return stage.claimed() && who.holds(owner, token);
  }

  /**
   * The worker says how far it has come: the stage that finishes its work; the stage that it was
   * claimed from, or Failed, when this attempt came to nothing; or the stage it is in.
   */
  public Decision reported(Claimant who, RecordingStage to, int maxAttempts) {
    boolean repeated =
        to == RecordingStage.DONE_ENCODED && encodedBy(who)
            || to == stage && who.holds(owner, token)
            || wasPutBack(who) && (to == RecordingStage.FAILED || to == stage || to == failedFrom);
    if (repeated) {
      return new Decision.Already();
    }
    if (!heldBy(who)) {
      return notHeld();
    }
    Work work = Work.of(stage);
    if (to == work.done()) {
      return new Decision.Moved(finished(work));
    }
    if (to == work.waiting() || to == RecordingStage.FAILED) {
      return new Decision.Moved(attemptFailed(maxAttempts));
    }
    return new Decision.Refused(
        ErrorCode.WRONG_STATE,
        "A recording that is " + stage.wireName() + " cannot become " + to.wireName());
  }

  /**
   * Whether the latest claim was this one and came to nothing. Only its token tells, since nobody
   * owns what has been put back.
   */
  private boolean wasPutBack(Claimant who) {
    return owner == null && token > 0 && who.token() != null && who.token() == token;
  }

  /**
   * The worker gives the claim back unharmed, as when it shuts down: the attempt does not count.
   */
  public Decision handedBack(Claimant who) {
    return heldBy(who)
        ? new Decision.Moved(waiting(Work.of(stage).waiting(), attempt - 1, postponed))
        : notHeld();
  }

  /**
   * The worker gives the claim back because something that the work needs is away, such as a store.
   * That is no fault of the recording, so the attempt does not count, however long the outage.
   */
  public Decision postponed(Claimant who) {
    return heldBy(who)
        ? new Decision.Moved(waiting(Work.of(stage).waiting(), attempt - 1, postponed + 1))
        : notHeld();
  }

  /**
   * How long it rests after it was postponed, in milliseconds: twice as long each time in a row, up
   * to {@link #LONGEST_REST}.
   *
   * @param first the rest after the first time
   */
  public long rest(long first) {
    long rest = first;
    for (int i = 1; i < postponed && rest > 0 && rest < LONGEST_REST; i++) {
      rest *= 2;
    }
    return Math.min(rest, LONGEST_REST);
  }

  /**
   * Whether the owner is to be given up: its lease has run out and it has been silent for the limit
   * of its stage.
   *
   * @param hearingSince since when the engine could have heard it; silence before does not count
   */
  public boolean stale(long now, long limit, long hearingSince) {
    return stage.claimed() && until < now && Math.max(reportedAt, hearingSince) + limit <= now;
  }

  /** This attempt came to nothing: back to wait for the next, or Failed after the last. */
  public Lease attemptFailed(int maxAttempts) {
    RecordingStage waiting = Work.of(stage).waiting();
    return attempt >= maxAttempts
        ? new Lease(RecordingStage.FAILED, null, token, 0, 0, attempt, 0, encoded, waiting)
        : waiting(waiting, attempt, 0);
  }

  /** An administrator has a Failed recording tried again, with all its attempts anew. */
  public Decision retried() {
    return failedFrom == null
        ? new Decision.Refused(
            ErrorCode.WRONG_STATE, "Only a Failed recording can be retried; it is " + describe())
        : new Decision.Moved(waiting(failedFrom, 0, 0));
  }

  private Lease finished(Work work) {
    return work == Work.ENCODE
        ? new Lease(
            RecordingStage.DONE_ENCODED, owner, token, 0, 0, 0, 0, new Claimant(owner, token), null)
        : new Lease(RecordingStage.DONE_UPLOADED, owner, token, 0, 0, attempt, 0, encoded, null);
  }

  private Lease waiting(RecordingStage at, int attempts, int postponements) {
    return new Lease(at, null, token, 0, 0, attempts, postponements, encoded, null);
  }

  private boolean encodedBy(Claimant who) {
    return encoded != null
        && encoded.token() != null
        && who.holds(encoded.instance(), encoded.token());
  }

  /** The refusal of whoever does not hold the claim. */
  public Decision.Refused notHeld() {
    return new Decision.Refused(
        ErrorCode.NOT_OWNER,
        stage.claimed()
            ? "The recording is " + describe() + ", claimed by another process"
            : "The recording is " + describe() + "; the process holds no claim on it");
  }

  private String describe() {
    return stage.wireName();
  }
}
