package dev.curfew.session;

import java.util.Locale;

/**
 * Who asked for a change, as the audit log names them.
 *
 * @param userId numeric id of the user, 0 for the engine itself
 * @param name user name, process instance or part of the engine
 */
public record Initiator(Kind kind, long userId, String name) {
  /** The engine acting on a deadline or policy. */
  public static final Initiator POLICY = new Initiator(Kind.POLICY, 0, "policy");

  /** The engine repairing what was left half-way. */
  public static final Initiator WATCHDOG = new Initiator(Kind.SYSTEM, 0, "watchdog");

  /** The engine doing what a customer's target asked for. */
  public static final Initiator DELIVERY = new Initiator(Kind.SYSTEM, 0, "delivery");

  public enum Kind {
    USER,
    ADMIN,
    PROCESS,
    POLICY,
    SYSTEM;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
