package dev.curfew.bus;

import io.vertx.core.buffer.Buffer;
import java.util.UUID;

/** A version and the session's id. */
final class SessionOverlookedFormat implements WireFormat<SessionOverlooked> {
  static final SessionOverlookedFormat INSTANCE = new SessionOverlookedFormat();
  private static final byte VERSION = 1;

  private SessionOverlookedFormat() {}

  @Override
  public void write(SessionOverlooked message, Buffer to) {
    to.appendByte(VERSION)
        .appendLong(message.sessionId().getMostSignificantBits())
        .appendLong(message.sessionId().getLeastSignificantBits());
  }

  @Override
  public SessionOverlooked read(Buffer from, int at) {
    if (from.getByte(at) != VERSION) {
      throw new IllegalArgumentException("unknown version " + from.getByte(at));
    }
    return new SessionOverlooked(new UUID(from.getLong(at + 1), from.getLong(at + 9)));
  }
}
