package dev.curfew.realm;

import dev.curfew.session.SessionState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A credential lent for the duration of a session.
 *
 * @param user for whom it was opened
 * @param sessionState where its session stands
 * @param expiresAt the session's deadline
 * @param closedAt 0 while it is open
 */
public record Checkout(
    long id,
    int realmId,
    int credentialId,
    UserReference user,
    UUID sessionId,
    SessionState sessionState,
    @Nullable String targetHost,
    long openedAt,
    long expiresAt,
    long closedAt) {

  public boolean open() {
    return closedAt == 0;
  }
}
