package dev.curfew.session;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session as the database holds it, as far as its shard needs to know. Times are epoch
 * milliseconds of the cluster clock; 0 means "not yet".
 *
 * @param userId numeric id of the user
 * @param startedAt when access begins; the total duration counts from here
 * @param generation grows by one with each extension
 * @param warnedDownTo smallest threshold warned of in this generation; {@link Long#MAX_VALUE} for
 *     none
 * @param owner the gateway process that reports for the session
 * @param effects whether something outside must be undone before it is ended
 * @param lastSeenAt when the gateway last asked to have the session's end time noted (PSM dialect)
 * @param secret of what opens the session, where a token does
 */
public record SessionRecord(
    UUID id,
    long numericId,
    SessionKind kind,
    SessionState state,
    @Nullable EndReason reason,
    long userId,
    Terms terms,
    long startedAt,
    long expiresAt,
    int generation,
    long warnedDownTo,
    @Nullable String owner,
    boolean effects,
    long lastAccess,
    long lastReported,
    long lastSeenAt,
    long endingAt,
    long endedAt,
    @Nullable SecretDigest secret) {

  /** Of a session that no token opens. */
  public SessionRecord(
      UUID id,
      long numericId,
      SessionKind kind,
      SessionState state,
      @Nullable EndReason reason,
      long userId,
      Terms terms,
      long startedAt,
      long expiresAt,
      int generation,
      long warnedDownTo,
      @Nullable String owner,
      boolean effects,
      long lastAccess,
      long lastReported,
      long lastSeenAt,
      long endingAt,
      long endedAt) {
    this(
        id,
        numericId,
        kind,
        state,
        reason,
        userId,
        terms,
        startedAt,
        expiresAt,
        generation,
        warnedDownTo,
        owner,
        effects,
        lastAccess,
        lastReported,
        lastSeenAt,
        endingAt,
        endedAt,
        null);
  }
}
