package dev.curfew.session;

import java.util.Locale;

/** Why a session ended. Carried from the moment it enters ENDING and never changed after. */
public enum EndReason {
  /** Its hard deadline passed. */
  EXPIRED(1, EventType.SESSION_EXPIRED),
  /** The user was idle longer than the policy allows. */
  IDLE(2, EventType.SESSION_IDLE),
  /** An administrator, or a policy acting for one, took it away. */
  REVOKED(3, EventType.SESSION_REVOKED),
  /** Its own user or gateway ended it. */
  STOPPED(4, EventType.SESSION_STOPPED),
  /** The credential it used was checked in. */
  CHECKED_IN(5, EventType.SESSION_STOPPED),
  /** Its owner process stopped reporting. */
  LOST(6, EventType.SESSION_LOST),
  /** A newer session of the same user took its place. */
  QUOTA(7, EventType.SESSION_REVOKED),
  /** Approval was withdrawn before use, or nothing of what it was for could be opened. */
  DENIED(8, EventType.SESSION_REVOKED);

  private final short code;
  private final EventType cause;

  EndReason(int code, EventType cause) {
    this.code = (short) code;
    this.cause = cause;
  }

  /** The number stored in the database; never reused. */
  public short code() {
    return code;
  }

  /** The event that says a session is ending for this reason. */
  public EventType cause() {
    return cause;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static EndReason ofCode(int code) {
    for (EndReason reason : values()) {
      if (reason.code == code) {
        return reason;
      }
    }
    throw new IllegalArgumentException("no end reason " + code);
  }
}
