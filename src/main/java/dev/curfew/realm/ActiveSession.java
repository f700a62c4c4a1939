package dev.curfew.realm;

import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session as the list of active sessions shows it.
 *
 * @param grantedBy who approved it, else who opened it
 * @param remarks the words of whoever granted it by hand
 */
public record ActiveSession(
    UUID id,
    long numericId,
    SessionKind kind,
    SessionState state,
    @Nullable EndReason reason,
    String realm,
    UserReference user,
    @Nullable UserReference grantedBy,
    long startedAt,
    long expiresAt,
    SessionAttributes attributes,
    @Nullable Sudo sudo,
    @Nullable String remarks) {

  /** Milliseconds until the hard deadline, never negative; 0 once the session is over. */
  public long remaining(long now) {
    return state.live() ? Math.max(0, expiresAt - now) : 0;
  }
}
