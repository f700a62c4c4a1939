package dev.curfew.session;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a session stands. See the package for the picture. */
public enum SessionState {
  APPROVED(1),
  ACTIVE(2),
  ENDING(3),
  ENDED(4);

  private final short code;

  SessionState(int code) {
    this.code = (short) code;
  }

  /** The number stored in the database; never reused. */
  public short code() {
    return code;
  }

  /** Whether the user still has access. */
  public boolean live() {
    return this == APPROVED || this == ACTIVE;
  }

  /** The states that may follow this one. */
  public Set<SessionState> successors() {
    return switch (this) {
      case APPROVED -> EnumSet.of(ACTIVE, ENDING, ENDED);
      case ACTIVE -> EnumSet.of(ENDING);
      case ENDING -> EnumSet.of(ENDED);
      case ENDED -> EnumSet.noneOf(SessionState.class);
    };
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static SessionState ofCode(int code) {
    for (SessionState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    throw new IllegalArgumentException("no session state " + code);
  }
}
