package dev.curfew.session;

import java.util.Locale;
import java.util.Optional;

/** What a session gives access to; the dialect that opened it decides. */
public enum SessionKind {
  /** An approved jump to an endpoint (PRA dialect). */
  JUMP(1, false),
  /** A recorded gateway session on a checked-out credential (PSM dialect). */
  PSM(2, true),
  /** Network access from an address to resources (access dialect). */
  ACCESS(3, false),
  /** Administrator rights on a device. */
  DEVICE_ADMIN(4, false),
  /** Temporary access to a resource. */
  TIMED_ACCESS(5, false),
  /** A session token (AM dialect). */
  TOKEN(6, false);

  private final short code;
  private final boolean ownedByProcess;

  SessionKind(int code, boolean ownedByProcess) {
    this.code = (short) code;
    this.ownedByProcess = ownedByProcess;
  }

  /** The number stored in the database; never reused. */
  public short code() {
    return code;
  }

  /** Whether a gateway process must keep reporting, so that its silence ends the session. */
  public boolean ownedByProcess() {
    return ownedByProcess;
  }

  /** Whether the session leaves a recording behind. */
  public boolean recorded() {
    return this == PSM;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static SessionKind ofCode(int code) {
    for (SessionKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no session kind " + code);
  }

  public static Optional<SessionKind> ofWireName(String name) {
    for (SessionKind kind : values()) {
      if (kind.wireName().equals(name)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
