package dev.curfew.signals;

import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import java.util.Locale;

/** Who or what ended a session, in the words of CAEP 1.0, {@code initiating_entity}. */
enum InitiatingEntity {
  ADMIN,
  USER,
  POLICY,
  SYSTEM;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The reason decides where it leaves no doubt: a deadline or a quota is the policy's, whoever
   * opened the session that needed the place, and silence of the owner is the system's finding.
   * Otherwise it is whoever asked for the end; a gateway that stops or checks in does what its user
   * did.
   */
  static InitiatingEntity of(EndReason reason, Initiator.Kind by) {
    return switch (reason) {
      case EXPIRED, IDLE, QUOTA -> POLICY;
      case LOST -> SYSTEM;
      case STOPPED, CHECKED_IN -> by == Initiator.Kind.PROCESS ? USER : of(by);
      case REVOKED, DENIED -> of(by);
    };
  }

  private static InitiatingEntity of(Initiator.Kind by) {
    return switch (by) {
      case ADMIN -> ADMIN;
      case USER -> USER;
      case POLICY -> POLICY;
      case PROCESS, SYSTEM -> SYSTEM;
    };
  }
}
