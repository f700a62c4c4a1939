package dev.curfew.bus;

/** The session's id. */
final class SessionOverlookedFormat {
  private static final int VERSION = 1;

  static final WireFormat<SessionOverlooked> INSTANCE =
      new MessageFormat<>(
          "word of a session",
          VERSION,
          (to, message) -> to.id(message.sessionId()),
          from -> new SessionOverlooked(from.id()));

  private SessionOverlookedFormat() {}
}
