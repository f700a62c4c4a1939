package dev.curfew.kernel;

import dev.curfew.session.EndReason;
import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.SessionView;
import dev.curfew.session.Terms;
import dev.curfew.session.Thresholds;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One session in its shard's memory. There may be a million of these, so it is packed: enums are
 * bytes, the id is two longs, what is only stored and never decided on stays in the database.
 */
sealed class LiveSession permits TokenSession {
  private static final SessionKind[] KINDS = SessionKind.values();
  private static final SessionState[] STATES = SessionState.values();
  private static final EndReason[] REASONS = EndReason.values();

  /** Needs something outside undone before it is ended. */
  static final int EFFECTS = 1;

  /** Has a decision in the batch that waits. */
  static final int QUEUED = 2;

  /** Has a decision in the batch, or the parts of one, that the database has not answered yet. */
  static final int IN_FLIGHT = 4;

  /** Has a heartbeat that the database has not got yet. */
  static final int PULSE = 8;

  final long idHigh;
  final long idLow;
  final long numericId;
  long startedAt;
  long expiresAt;
  long lastAccess;
  long lastReported;
  private final int userId;

  /** The place, among the armed thresholds, of the smallest one warned of in this generation. */
  private int warned;

  int generation;
  int slot = -1;
  private ArmedTerms armed;
  @Nullable String owner;
  private final byte kind;
  private byte state;
  private byte reason;
  private byte flags;

  static LiveSession of(SessionRecord row, ArmedTerms armed, @Nullable String owner) {
    SecretDigest secret = row.secret();
    return secret == null
        ? new LiveSession(row, armed, owner)
        : new TokenSession(row, secret, armed, owner);
  }

  LiveSession(SessionRecord row, ArmedTerms armed, @Nullable String owner) {
    this.idHigh = row.id().getMostSignificantBits();
    this.idLow = row.id().getLeastSignificantBits();
    this.numericId = row.numericId();
    this.startedAt = row.startedAt();
    this.expiresAt = row.expiresAt();
    this.lastAccess = row.lastAccess();
    this.lastReported = row.lastReported();
    this.userId = Math.toIntExact(row.userId());
    this.generation = row.generation();
    this.armed = armed;
    this.owner = owner;
    this.kind = (byte) row.kind().ordinal();
    this.state = (byte) row.state().ordinal();
    EndReason given = row.reason();
    this.reason = (byte) (given == null ? -1 : given.ordinal());
    this.flags = (byte) (row.effects() ? EFFECTS : 0);
    warnedDownTo(row.warnedDownTo());
  }

  Terms terms() {
    return armed.terms();
  }

  /** What it is warned at. */
  Thresholds thresholds() {
    return armed.thresholds();
  }

  UUID id() {
    return new UUID(idHigh, idLow);
  }

  long userId() {
    return userId;
  }

  SessionKind kind() {
    return KINDS[kind];
  }

  SessionState state() {
    return STATES[state];
  }

  boolean live() {
    return state().live();
  }

  @Nullable EndReason reason() {
    return reason < 0 ? null : REASONS[reason];
  }

  /** Of what opens the session, where a token does. */
  @Nullable SecretDigest secret() {
    return null;
  }

  /** Whether a token opens this session, and it is this one. */
  boolean opensTo(SecretDigest presented) {
    return false;
  }

  /** Moves to a legal successor; anything else is a defect of the kernel. */
  void become(SessionState next) {
    if (!state().successors().contains(next)) {
      throw new IllegalStateException(id() + " cannot go from " + state() + " to " + next);
    }
    state = (byte) next.ordinal();
  }

  void endFor(EndReason why) {
    if (reason >= 0) {
      throw new IllegalStateException(id() + " already ends for " + reason());
    }
    reason = (byte) why.ordinal();
  }

  boolean is(int flag) {
    return (flags & flag) != 0;
  }

  void set(int flag) {
    flags |= (byte) flag;
  }

  void clear(int flag) {
    flags &= (byte) ~flag;
  }

  /** The smallest threshold warned of in this generation; {@link Long#MAX_VALUE} for none. */
  long warnedDownTo() {
    return armed.thresholds().at(warned);
  }

  /** Remembers the smallest threshold warned of: one of the armed ones. */
  void warnedDownTo(long threshold) {
    warned = armed.thresholds().below(threshold);
  }

  /** Is warned from now on as these terms say, in which the smallest threshold told has a place. */
  void arm(ArmedTerms anew, long warnedDownTo) {
    armed = anew;
    warnedDownTo(warnedDownTo);
  }

  /** The row as it stands; the two times of ending are the batch's to know. */
  SessionRecord record(long lastSeenAt, long endingAt, long endedAt) {
    return new SessionRecord(
        id(),
        numericId,
        kind(),
        state(),
        reason(),
        userId,
        terms(),
        startedAt,
        expiresAt,
        generation,
        warnedDownTo(),
        owner,
        is(EFFECTS),
        lastAccess,
        lastReported,
        lastSeenAt,
        endingAt,
        endedAt,
        secret());
  }

  SessionView view(long now) {
    return new SessionView(
        id(),
        numericId,
        kind(),
        state(),
        reason(),
        userId,
        terms(),
        startedAt,
        expiresAt,
        generation,
        owner,
        lastAccess,
        lastReported,
        now);
  }
}
