package dev.curfew.kernel;

import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Batch;
import dev.curfew.session.BatchResult;
import dev.curfew.session.Command;
import dev.curfew.session.Deadlines;
import dev.curfew.session.EndReason;
import dev.curfew.session.EventType;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.RealmThresholds;
import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.timer.TimerWheel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one shard and every decision about them. See the package for how a decision
 * becomes true and what happens when the database does not answer.
 *
 * <p>Not thread-safe: one caller at a time. {@code now} is the cluster clock, in epoch
 * milliseconds, and never goes back between calls.
 *
 * @param <R> whatever the driver needs to deliver a reply
 */
public final class ShardKernel<R> {

  /**
   * Where the kernel's effects go. Called from inside the kernel's own calls; must not call back.
   */
  public interface Output<R> {
    void reply(R to, Outcome outcome);

    /** Events are in the log by now. */
    void committed(List<SessionEvent> events);

    /** What the session did outside must be undone; {@link Command.Finish} is awaited. */
    void undo(UUID sessionId);

    /**
     * Memory and database disagree about this session; read its row, again until there is an
     * answer, and hand it to {@link #reloaded}.
     */
    void reload(UUID sessionId);
  }

  private enum Phase {
    CLOSED,
    SERVING,
    SUSPENDED
  }

  /**
   * The driver calls {@link #advance} at least so often while {@link #nextDeadline} names any time.
   */
  public static final long LONGEST_REST = 1_000;

  /** Without a call for so long, the process has stood still and heard nobody. */
  private static final long STANDSTILL = 2 * LONGEST_REST;

  /** How long a session may stand in ENDING before its effects are undone once more. */
  private static final long UNDO_RETRY = 5_000;

  /** How long a session rests whose last change the database refused for its content. */
  private static final long REFUSAL_RETRY = 5_000;

  private static final int INTERNED_AT_MOST = 4_096;

  private static final String ASK_AGAIN = "The session changed elsewhere; ask again";

  private final int shard;
  private final Output<R> output;
  private final Map<ArmedTerms, ArmedTerms> termsInUse = new HashMap<>();
  private final Map<String, String> ownersInUse = new HashMap<>();
  private RealmThresholds added = RealmThresholds.NONE;
  private SessionTable table = new SessionTable();
  private TimerWheel wheel = new TimerWheel(0);
  private Phase phase = Phase.CLOSED;
  private long epoch;
  private long sequence;
  private long hearingSince;
  private long lastCall;
  private PendingBatch<R> queued = new PendingBatch<>();
  private final Deque<PendingBatch<R>> parts = new ArrayDeque<>();
  private @Nullable PendingBatch<R> inFlight;
  private @Nullable Batch inFlightBatch;
  private List<LiveSession> pulses = new ArrayList<>();

  /** Sessions whose rows are being read, and whether the database refused their last change. */
  private final Map<UUID, Boolean> reloading = new HashMap<>();

  public ShardKernel(int shard, Output<R> output) {
    this.shard = shard;
    this.output = output;
  }

  // Lifecycle

  /**
   * Begins to serve as the owner of an epoch, with the live rows read under that epoch. Silence
   * counts from now on; deadlines that have passed are executed by the first {@link #advance}.
   *
   * @param thresholds what subscriptions add; as {@link #thresholds} changes it from then on
   */
  public void open(
      long ownEpoch, Iterable<SessionRecord> rows, RealmThresholds thresholds, long now) {
    table = new SessionTable();
    wheel = new TimerWheel(now);
    queued = new PendingBatch<>();
    parts.clear();
    inFlight = null;
    inFlightBatch = null;
    pulses = new ArrayList<>();
    reloading.clear();
    added = thresholds;
    epoch = ownEpoch;
    sequence = 0;
    hearingSince = now;
    lastCall = now;
    phase = Phase.SERVING;
    for (SessionRecord row : rows) {
      adopt(row, now);
    }
  }

  /** Stops serving for good; whatever is not committed is answered as not done. */
  public void close(ErrorCode why) {
    phase = Phase.CLOSED;
    List<PendingBatch<R>> unanswered = new ArrayList<>(parts);
    parts.clear();
    PendingBatch<R> flying = inFlight;
    if (flying != null) {
      unanswered.add(0, flying);
    }
    unanswered.add(queued);
    inFlight = null;
    inFlightBatch = null;
    queued = new PendingBatch<>();
    table = new SessionTable();
    pulses = new ArrayList<>();
    reloading.clear();
    String message =
        why == ErrorCode.MOVED
            ? "The session's shard is moving; nothing was done"
            : "The session's shard is moving; nothing is known of the outcome";
    for (PendingBatch<R> batch : unanswered) {
      for (PendingBatch.Entry<R> entry : batch.entries.values()) {
        refuse(entry, why, message);
      }
    }
  }

  /** The database does not answer: decide nothing, fire nothing, go on listening. */
  public void suspend() {
    if (phase == Phase.SERVING) {
      phase = Phase.SUSPENDED;
    }
  }

  /** The database answers again. Silence counts anew from now. */
  public void resume(long now) {
    if (phase == Phase.SUSPENDED) {
      phase = Phase.SERVING;
      hearingSince = now;
      lastCall = now;
    }
  }

  /** Notices a standstill: what was said meanwhile was not heard, so it was not silence. */
  private void awake(long now) {
    if (now - lastCall > STANDSTILL) {
      hearingSince = now;
    }
    lastCall = now;
  }

  public boolean serving() {
    return phase == Phase.SERVING;
  }

  /** How many sessions are held, those in ENDING included. */
  public int size() {
    return table.size();
  }

  /**
   * Has the row of a session read if memory does not hold it, as when somebody finds it overdue.
   * The row is read only once it is known to be missing: read earlier, it might show what the
   * session was before its end, and bring it back.
   */
  public void lookAgain(UUID id) {
    if (phase != Phase.CLOSED && find(id) == null && reloading.putIfAbsent(id, false) == null) {
      output.reload(id);
    }
  }

  /**
   * Takes a session up again if it lives. It was not listened to, so its silence counts from now.
   *
   * @param row as read since {@link Output#reload} asked for it; null when there is none
   */
  public void reloaded(UUID id, @Nullable SessionRecord row, long now) {
    Boolean refused = reloading.remove(id);
    if (refused == null || row == null || row.state() == SessionState.ENDED) {
      return;
    }
    LiveSession session = adopt(row, now);
    session.lastAccess = Math.max(session.lastAccess, now);
    session.lastReported = Math.max(session.lastReported, now);
    if (refused) {
      long due = session.live() ? earliest(session) : now;
      wheel.schedule(session.slot, Math.max(due, now + REFUSAL_RETRY));
    }
  }

  private LiveSession adopt(SessionRecord row, long now) {
    LiveSession session = sessionOf(row);
    table.add(session);
    wheel.schedule(session.slot, session.live() ? earliest(session) : now);
    return session;
  }

  private LiveSession sessionOf(SessionRecord row) {
    return LiveSession.of(row, armed(row.terms(), row.warnedDownTo()), interned(row.owner()));
  }

  private @Nullable LiveSession find(UUID id) {
    return table.find(id.getMostSignificantBits(), id.getLeastSignificantBits());
  }

  // Time

  /**
   * Fires what is due.
   *
   * @param limit at most so many timers, so that a flood of ends cannot hold the caller's thread
   * @return how many fired; equal to the limit when there may be more
   */
  public int advance(long now, int limit) {
    if (phase != Phase.SERVING) {
      return 0;
    }
    awake(now);
    return wheel.advance(now, limit, slot -> fired(table.at(slot), now));
  }

  /** When {@link #advance} should be called next; {@link Long#MAX_VALUE} when there is no need. */
  public long nextDeadline() {
    return phase == Phase.SERVING ? wheel.nextDeadline() : Long.MAX_VALUE;
  }

  private void fired(LiveSession session, long now) {
    if (session.live()) {
      settle(session, now);
    } else if (session.state() == SessionState.ENDING && !uncommitted(session)) {
      output.undo(session.id());
    }
    if (session.live()) {
      wheel.schedule(session.slot, earliest(session));
    } else if (session.state() == SessionState.ENDING) {
      wheel.schedule(session.slot, now + UNDO_RETRY);
    }
  }

  /** Ends or warns, if the time for it has come. */
  private void settle(LiveSession session, long now) {
    long idle = idleDeadline(session);
    long liveness = livenessDeadline(session);
    long first = Math.min(session.expiresAt, Math.min(idle, liveness));
    if (now >= first) {
      EndReason reason =
          first == session.expiresAt
              ? EndReason.EXPIRED
              : first == idle ? EndReason.IDLE : EndReason.LOST;
      end(session, reason, first, Initiator.POLICY, null, now);
    } else {
      warn(session, now);
    }
  }

  private void warn(LiveSession session, long now) {
    if (now < session.startedAt) {
      return;
    }
    long threshold = session.thresholds().due(session.expiresAt - now, session.warnedDownTo());
    if (threshold > 0) {
      session.warnedDownTo(threshold);
      PendingBatch.Entry<R> entry = decide(session);
      entry.events.add(
          event(
              session,
              EventType.SESSION_EXPIRING,
              now,
              null,
              null,
              threshold,
              0,
              Initiator.POLICY,
              null));
    }
  }

  private long idleDeadline(LiveSession session) {
    return session.state() == SessionState.ACTIVE
        ? Deadlines.idle(session.terms(), session.lastAccess, hearingSince)
        : Deadlines.NEVER;
  }

  private long livenessDeadline(LiveSession session) {
    return session.state() == SessionState.ACTIVE && session.kind().ownedByProcess()
        ? Deadlines.liveness(session.terms(), session.lastReported, hearingSince)
        : Deadlines.NEVER;
  }

  private long earliest(LiveSession session) {
    long warning =
        Deadlines.warning(
            session.thresholds(), session.startedAt, session.expiresAt, session.warnedDownTo());
    return Math.min(
        Math.min(session.expiresAt, warning),
        Math.min(idleDeadline(session), livenessDeadline(session)));
  }

  /**
   * What subscriptions add has changed. The sessions of the realms concerned are armed anew, and
   * one that is inside a threshold that is new to it is warned by the next {@link #advance}; what
   * is no longer wanted is not told any more, and what was told is not told again.
   */
  public void thresholds(RealmThresholds thresholds) {
    RealmThresholds before = added;
    added = thresholds;
    if (phase == Phase.CLOSED || before.equals(thresholds)) {
      return;
    }
    table.forEach(
        session -> {
          int realm = session.terms().realmId();
          if (session.live() && !before.of(realm).equals(thresholds.of(realm))) {
            long told = session.warnedDownTo();
            session.arm(armed(session.terms(), told), told);
            wheel.schedule(session.slot, earliest(session));
          }
        });
  }

  // Commands

  /**
   * Decides a command.
   *
   * @return false when it cannot be decided now, since the kernel is suspended and the command
   *     needs the database: nothing was done, ask again after {@link #resume}
   */
  public boolean handle(Command command, R replyTo, long now) {
    if (phase == Phase.CLOSED) {
      return false;
    }
    awake(now);
    LiveSession session = find(command.sessionId());
    if (phase == Phase.SUSPENDED) {
      return session != null
          && !isHidden(session, command)
          && answerWithoutDeciding(command, session, replyTo, now);
    }
    if (session == null && reloading.containsKey(command.sessionId())) {
      output.reply(replyTo, new Outcome.Refused(ErrorCode.UNAVAILABLE, ASK_AGAIN, null, 0));
      return true;
    }
    if (command instanceof Command.Create create) {
      create(create, session, replyTo, now);
      return true;
    }
    if (session == null || isHidden(session, command)) {
      output.reply(replyTo, Outcome.NotLive.INSTANCE);
      return true;
    }
    if (session.live()) {
      settle(session, now);
    }
    if (command instanceof Command.Heartbeat heartbeat) {
      heartbeat(session, heartbeat.process(), replyTo, now);
    } else if (command instanceof Command.Observe || command instanceof Command.ReadToken) {
      answer(session, new Outcome.Done(session.view(now), false), replyTo);
    } else if (command instanceof Command.Touch || command instanceof Command.TouchToken) {
      touch(session, replyTo, now);
    } else if (command instanceof Command.Extend extend) {
      extend(session, extend, replyTo, now);
    } else if (command instanceof Command.Activate activate) {
      activate(session, activate, replyTo, now);
    } else if (command instanceof Command.Revoke revoke) {
      endOnDemand(session, EndReason.REVOKED, revoke.by(), revoke.remark(), replyTo, now);
    } else if (command instanceof Command.Stop stop) {
      endOnDemand(session, stop.reason(), stop.by(), null, replyTo, now);
    } else if (command instanceof Command.NoteAlive) {
      noteAlive(session, replyTo, now);
    } else if (command instanceof Command.Finish) {
      finish(session, replyTo, now);
    } else {
      throw new IllegalArgumentException("no rule for " + command.getClass());
    }
    return true;
  }

  /** Whether the session does not exist for whoever asks. */
  private static boolean isHidden(LiveSession session, Command command) {
    if (command instanceof Command.Heartbeat heartbeat) {
      return heartbeat.realmId() != 0 && heartbeat.realmId() != session.terms().realmId();
    } else if (command instanceof Command.ReadToken read) {
      return !session.opensTo(read.secret());
    } else if (command instanceof Command.TouchToken touch) {
      return !session.opensTo(touch.secret());
    }
    return false;
  }

  /** Hears a heartbeat or shows a session whose committed state is known, while suspended. */
  private boolean answerWithoutDeciding(Command command, LiveSession session, R replyTo, long now) {
    if (uncommitted(session) || !session.live() || now >= session.expiresAt) {
      return false;
    }
    if (command instanceof Command.Heartbeat heartbeat) {
      String process = heartbeat.process();
      if (session.state() != SessionState.ACTIVE
          || (process != null && !process.equals(session.owner))) {
        return false;
      }
      reported(session, now);
    } else if (command instanceof Command.Touch || command instanceof Command.TouchToken) {
      accessed(session, now);
    } else if (!(command instanceof Command.Observe || command instanceof Command.ReadToken)) {
      return false;
    }
    output.reply(replyTo, new Outcome.Done(session.view(now), false));
    return true;
  }

  private void create(Command.Create create, @Nullable LiveSession existing, R replyTo, long now) {
    if (existing != null) {
      answer(existing, new Outcome.Done(existing.view(now), false), replyTo);
      return;
    }
    NewSession wanted = create.session();
    long startedAt = wanted.startsAt() == 0 ? now : wanted.startsAt();
    if (wanted.duration() < 1 || startedAt < 0) {
      output.reply(replyTo, refusal(ErrorCode.INVALID_FIELD, "duration must be positive", null, 0));
      return;
    }
    if (wanted.duration() > wanted.terms().maxDuration()) {
      output.reply(
          replyTo,
          refusal(
              ErrorCode.OVER_MAXIMUM_DURATION,
              "Duration would exceed the maximum session duration",
              null,
              wanted.terms().maxDuration()));
      return;
    }
    if (startedAt > now + Terms.LONGEST || startedAt + wanted.duration() <= now) {
      output.reply(
          replyTo, refusal(ErrorCode.INVALID_FIELD, "start lies outside what can be", null, 0));
      return;
    }
    // Nobody could report for the session before it was there, even if it began earlier.
    long heardAt = Math.max(startedAt, now);
    SessionRecord row =
        new SessionRecord(
            wanted.id(),
            wanted.numericId(),
            wanted.kind(),
            wanted.approvedOnly() ? SessionState.APPROVED : SessionState.ACTIVE,
            null,
            wanted.userId(),
            wanted.terms(),
            startedAt,
            startedAt + wanted.duration(),
            0,
            Long.MAX_VALUE,
            wanted.owner(),
            wanted.effects(),
            heardAt,
            heardAt,
            0,
            0,
            0,
            secret(wanted));
    LiveSession session = sessionOf(row);
    table.add(session);
    PendingBatch.Entry<R> entry = decide(session);
    entry.created = wanted;
    entry.createdBy = create.createdBy();
    entry.events.add(
        event(
            session,
            wanted.approvedOnly() ? EventType.SESSION_APPROVED : EventType.SESSION_STARTED,
            now,
            null,
            session.state(),
            0,
            0,
            create.by(),
            null));
    if (wanted.details().checkout() != null) {
      entry.events.add(
          event(session, EventType.CHECKOUT_OPENED, now, null, null, 0, 0, create.by(), null));
    }
    warn(session, now);
    wheel.schedule(session.slot, earliest(session));
    answer(session, new Outcome.Done(session.view(now), true), replyTo);
  }

  private static @Nullable SecretDigest secret(NewSession wanted) {
    NewSession.Token token = wanted.details().token();
    return token == null ? null : token.secret();
  }

  private void heartbeat(LiveSession session, @Nullable String process, R replyTo, long now) {
    if (process != null && session.owner != null && !process.equals(session.owner)) {
      answer(
          session,
          refusal(ErrorCode.NOT_OWNER, "Another process instance owns the session", session, now),
          replyTo);
      return;
    }
    if (!session.live()) {
      answer(session, new Outcome.Done(session.view(now), false), replyTo);
      return;
    }
    boolean changed = false;
    if (session.state() == SessionState.APPROVED) {
      if (now < session.startedAt) {
        answer(
            session,
            refusal(ErrorCode.WRONG_STATE, "The session has not begun yet", session, now),
            replyTo);
        return;
      }
      start(session, new Initiator(Initiator.Kind.PROCESS, 0, name(process)), now);
      changed = true;
    }
    if (process != null && session.owner == null) {
      session.owner = interned(process);
      decide(session);
      changed = true;
    }
    reported(session, now);
    answer(session, new Outcome.Done(session.view(now), changed), replyTo);
  }

  private static String name(@Nullable String process) {
    return process == null ? "gateway" : process;
  }

  private void touch(LiveSession session, R replyTo, long now) {
    if (session.live()) {
      accessed(session, now);
    }
    answer(session, new Outcome.Done(session.view(now), false), replyTo);
  }

  private void extend(LiveSession session, Command.Extend extend, R replyTo, long now) {
    if (!session.live()) {
      answer(
          session,
          refusal(
              ErrorCode.WRONG_STATE,
              "Session is not in an extendable state: it is "
                  + (session.state() == SessionState.ENDED ? "ended" : "ending"),
              session,
              now),
          replyTo);
      return;
    }
    if (extend.additional() < 1) {
      answer(
          session,
          refusal(ErrorCode.INVALID_FIELD, "the extension must be positive", session, now),
          replyTo);
      return;
    }
    if (extend.from() != 0 && extend.from() != session.expiresAt) {
      answer(
          session,
          refusal(ErrorCode.WRONG_STATE, "The deadline has changed meanwhile", session, now),
          replyTo);
      return;
    }
    long expiresAt = session.expiresAt + extend.additional();
    boolean overflow = expiresAt < session.expiresAt;
    if (overflow || !Deadlines.allows(session.terms(), session.startedAt, expiresAt)) {
      answer(
          session,
          new Outcome.Refused(
              ErrorCode.OVER_MAXIMUM_DURATION,
              "Extension would exceed maximum session duration",
              session.view(now),
              session.terms().maxDuration()),
          replyTo);
      return;
    }
    session.expiresAt = expiresAt;
    session.generation++;
    session.arm(armed(session.terms(), Long.MAX_VALUE), Long.MAX_VALUE);
    PendingBatch.Entry<R> entry = decide(session);
    entry.events.add(
        event(session, EventType.SESSION_EXTENDED, now, null, null, 0, 0, extend.by(), null));
    warn(session, now);
    wheel.schedule(session.slot, earliest(session));
    answer(session, new Outcome.Done(session.view(now), true), replyTo);
  }

  private void activate(LiveSession session, Command.Activate activate, R replyTo, long now) {
    if (session.state() == SessionState.ACTIVE) {
      answer(session, new Outcome.Done(session.view(now), false), replyTo);
    } else if (session.state() != SessionState.APPROVED || now < session.startedAt) {
      answer(
          session,
          refusal(
              ErrorCode.WRONG_STATE,
              "The session cannot be activated: it "
                  + (session.live() ? "has not begun yet" : "is over"),
              session,
              now),
          replyTo);
    } else {
      start(session, activate.by(), now);
      answer(session, new Outcome.Done(session.view(now), true), replyTo);
    }
  }

  private void start(LiveSession session, Initiator by, long now) {
    SessionState from = session.state();
    session.become(SessionState.ACTIVE);
    accessed(session, now);
    reported(session, now);
    decide(session)
        .events
        .add(event(session, EventType.SESSION_STARTED, now, from, session.state(), 0, 0, by, null));
    wheel.schedule(session.slot, earliest(session));
  }

  private void endOnDemand(
      LiveSession session,
      EndReason reason,
      Initiator by,
      @Nullable String remark,
      R replyTo,
      long now) {
    boolean ends = session.live();
    if (ends) {
      end(session, reason, 0, by, remark, now);
    }
    answer(session, new Outcome.Done(session.view(now), ends), replyTo);
  }

  private void noteAlive(LiveSession session, R replyTo, long now) {
    if (session.live()) {
      decide(session).lastSeenAt = now;
      reported(session, now);
    }
    answer(session, new Outcome.Done(session.view(now), session.live()), replyTo);
  }

  private void finish(LiveSession session, R replyTo, long now) {
    if (session.live()) {
      answer(
          session,
          refusal(ErrorCode.WRONG_STATE, "The session is not ending", session, now),
          replyTo);
      return;
    }
    boolean ends = session.state() == SessionState.ENDING;
    if (ends) {
      ended(session, decide(session), Initiator.POLICY, null, now);
    }
    answer(session, new Outcome.Done(session.view(now), ends), replyTo);
  }

  private void end(
      LiveSession session,
      EndReason reason,
      long deadline,
      Initiator by,
      @Nullable String remark,
      long now) {
    SessionState from = session.state();
    session.endFor(reason);
    session.become(SessionState.ENDING);
    PendingBatch.Entry<R> entry = decide(session);
    entry.endingAt = now;
    entry.events.add(
        event(session, reason.cause(), now, from, SessionState.ENDING, 0, deadline, by, remark));
    if (session.kind().recorded()) {
      entry.events.add(
          event(session, EventType.RECORDING_CAPTURED, now, null, null, 0, 0, by, null));
    }
    if (session.is(LiveSession.EFFECTS)) {
      wheel.schedule(session.slot, now + UNDO_RETRY);
    } else {
      ended(session, entry, by, remark, now);
    }
  }

  private void ended(
      LiveSession session,
      PendingBatch.Entry<R> entry,
      Initiator by,
      @Nullable String remark,
      long now) {
    session.become(SessionState.ENDED);
    entry.endedAt = now;
    entry.events.add(
        event(
            session,
            EventType.SESSION_ENDED,
            now,
            SessionState.ENDING,
            SessionState.ENDED,
            0,
            0,
            by,
            remark));
    wheel.cancel(session.slot);
  }

  // Heartbeats

  private void reported(LiveSession session, long now) {
    session.lastReported = Math.max(session.lastReported, now);
    markPulse(session);
  }

  private void accessed(LiveSession session, long now) {
    session.lastAccess = Math.max(session.lastAccess, now);
    markPulse(session);
  }

  private void markPulse(LiveSession session) {
    if (!session.is(LiveSession.PULSE)) {
      session.set(LiveSession.PULSE);
      pulses.add(session);
    }
  }

  /** Hands over the heartbeats since the last call; at most one for each session. */
  public void drainPulses(PulseSink sink) {
    for (LiveSession session : pulses) {
      session.clear(LiveSession.PULSE);
      if (session.slot >= 0) {
        sink.pulse(session.id(), session.lastAccess, session.lastReported);
      }
    }
    pulses.clear();
  }

  // Commits

  /**
   * The next batch to send, if there is one and none is in flight. The driver sends it until it has
   * a definite answer and reports that to {@link #answered}.
   */
  public @Nullable Batch takeBatch() {
    if (inFlight != null || phase == Phase.CLOSED) {
      return null;
    }
    PendingBatch<R> next = parts.poll();
    if (next == null) {
      if (queued.isEmpty()) {
        return null;
      }
      next = queued;
      queued = new PendingBatch<>();
      for (LiveSession session : next.entries.keySet()) {
        session.clear(LiveSession.QUEUED);
        session.set(LiveSession.IN_FLIGHT);
      }
    }
    inFlight = next;
    Batch batch = next.seal(shard, epoch, sequence + 1);
    inFlightBatch = batch;
    return batch;
  }

  /** Whether decisions wait to be taken; only with one can the next deadline have moved. */
  public boolean hasDecisions() {
    return !queued.isEmpty() || !parts.isEmpty();
  }

  /** The batch whose answer is outstanding, to be sent again. */
  public @Nullable Batch unansweredBatch() {
    return inFlightBatch;
  }

  /** The definite answer to the batch in flight. */
  public void answered(BatchResult result, long now) {
    PendingBatch<R> flying = Objects.requireNonNull(inFlight, "no batch is in flight");
    List<SessionEvent> events = Objects.requireNonNull(inFlightBatch).events();
    if (result instanceof BatchResult.Deposed) {
      close(ErrorCode.DEPOSED);
      return;
    }
    inFlight = null;
    inFlightBatch = null;
    sequence++;
    if (result instanceof BatchResult.Rejected rejected) {
      rejected(flying, rejected.why());
    } else if (result instanceof BatchResult.Committed committed) {
      committed(flying, committed.notApplied(), now);
      output.committed(logged(events, committed.notApplied()));
    }
  }

  private static List<SessionEvent> logged(List<SessionEvent> events, Set<UUID> notApplied) {
    return notApplied.isEmpty()
        ? events
        : events.stream().filter(event -> !notApplied.contains(event.sessionId())).toList();
  }

  private void committed(PendingBatch<R> flying, Set<UUID> notApplied, long now) {
    for (PendingBatch.Entry<R> entry : flying.entries.values()) {
      LiveSession session = entry.session;
      session.clear(LiveSession.IN_FLIGHT);
      if (!notApplied.isEmpty() && notApplied.contains(session.id())) {
        if (entry.created == null) {
          drop(entry, ErrorCode.UNAVAILABLE, ASK_AGAIN);
        } else {
          drop(entry, ErrorCode.ALREADY_EXISTS, "A session of that id exists or existed");
        }
        reload(session, false);
        continue;
      }
      for (PendingBatch.Reply<R> reply : entry.replies) {
        output.reply(reply.to(), reply.outcome());
      }
      if (session.is(LiveSession.QUEUED)) {
        // What comes next is not committed yet.
        continue;
      }
      if (session.state() == SessionState.ENDED) {
        table.remove(session);
      } else if (session.state() == SessionState.ENDING) {
        output.undo(session.id());
        wheel.schedule(session.slot, now + UNDO_RETRY);
      }
    }
  }

  private void rejected(PendingBatch<R> flying, String why) {
    if (flying.entries.size() > 1) {
      List<PendingBatch<R>> split = flying.split();
      for (int i = split.size() - 1; i >= 0; i--) {
        parts.addFirst(split.get(i));
      }
      return;
    }
    for (PendingBatch.Entry<R> entry : flying.entries.values()) {
      entry.session.clear(LiveSession.IN_FLIGHT);
      drop(entry, ErrorCode.INTERNAL, "The database refused the change: " + why);
      reload(entry.session, true);
    }
  }

  /** The row of a session that has been dropped, if there is one, is read anew. */
  private void reload(LiveSession session, boolean refused) {
    reloading.put(session.id(), refused);
    output.reload(session.id());
  }

  /** Forgets a session whose change could not be made. */
  private void drop(PendingBatch.Entry<R> entry, ErrorCode code, String message) {
    LiveSession session = entry.session;
    refuse(entry, code, message);
    PendingBatch.Entry<R> next = queued.entries.remove(session);
    if (next != null) {
      refuse(next, ErrorCode.UNAVAILABLE, ASK_AGAIN);
    }
    wheel.cancel(session.slot);
    table.remove(session);
  }

  /** That a session could not be created concerns whoever asked for it first; others may retry. */
  private void refuse(PendingBatch.Entry<R> entry, ErrorCode code, String message) {
    Outcome refused = new Outcome.Refused(code, message, null, 0);
    Outcome retry = new Outcome.Refused(ErrorCode.UNAVAILABLE, ASK_AGAIN, null, 0);
    for (int i = 0; i < entry.replies.size(); i++) {
      boolean concerned = entry.created == null || i == 0;
      output.reply(entry.replies.get(i).to(), concerned ? refused : retry);
    }
  }

  // Common

  private static boolean uncommitted(LiveSession session) {
    return session.is(LiveSession.QUEUED | LiveSession.IN_FLIGHT);
  }

  /** The session's place in the batch that waits. */
  private PendingBatch.Entry<R> decide(LiveSession session) {
    session.set(LiveSession.QUEUED);
    return queued.entry(session);
  }

  /** Replies at once, or with the commit of what the answer is based on. */
  private void answer(LiveSession session, Outcome outcome, R replyTo) {
    if (session.is(LiveSession.QUEUED)) {
      queued.entry(session).replies.add(new PendingBatch.Reply<>(replyTo, outcome));
    } else if (session.is(LiveSession.IN_FLIGHT)) {
      inFlightEntry(session).replies.add(new PendingBatch.Reply<>(replyTo, outcome));
    } else {
      output.reply(replyTo, outcome);
    }
  }

  private PendingBatch.Entry<R> inFlightEntry(LiveSession session) {
    PendingBatch<R> flying = inFlight;
    if (flying != null) {
      PendingBatch.Entry<R> entry = flying.entries.get(session);
      if (entry != null) {
        return entry;
      }
    }
    for (PendingBatch<R> part : parts) {
      PendingBatch.Entry<R> entry = part.entries.get(session);
      if (entry != null) {
        return entry;
      }
    }
    throw new IllegalStateException(session.id() + " is marked in flight and is not");
  }

  private Outcome refusal(ErrorCode code, String message, @Nullable LiveSession session, long now) {
    return new Outcome.Refused(code, message, session == null ? null : session.view(now), 0);
  }

  private SessionEvent event(
      LiveSession session,
      EventType type,
      long at,
      @Nullable SessionState from,
      @Nullable SessionState to,
      long threshold,
      long deadline,
      Initiator by,
      @Nullable String remark) {
    return new SessionEvent(
        type,
        session.id(),
        session.numericId,
        session.kind(),
        session.terms().realmId(),
        session.userId(),
        at,
        session.expiresAt,
        session.generation,
        from,
        to,
        session.reason(),
        threshold,
        deadline,
        by,
        remark);
  }

  private ArmedTerms armed(Terms terms, long warnedDownTo) {
    ArmedTerms armed = ArmedTerms.of(terms, added, warnedDownTo);
    if (termsInUse.size() >= INTERNED_AT_MOST) {
      termsInUse.clear();
    }
    ArmedTerms known = termsInUse.putIfAbsent(armed, armed);
    return known == null ? armed : known;
  }

  private @Nullable String interned(@Nullable String owner) {
    if (owner == null) {
      return null;
    }
    if (ownersInUse.size() >= INTERNED_AT_MOST) {
      ownersInUse.clear();
    }
    String known = ownersInUse.putIfAbsent(owner, owner);
    return known == null ? owner : known;
  }
}
