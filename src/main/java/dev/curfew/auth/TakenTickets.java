package dev.curfew.auth;

import io.vertx.core.Future;
import java.util.UUID;

/** Which tickets were taken, on whichever node. */
public interface TakenTickets {
  /**
   * Takes a ticket.
   *
   * @param expiresAt until when it must be remembered, epoch milliseconds
   * @return false when it was taken before; fails with UNAVAILABLE when that cannot be known
   */
  Future<Boolean> take(UUID ticket, long expiresAt);
}
