package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import dev.curfew.session.Initiator;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that are opened and recognised by an opaque token. Who may ask for what is checked by
 * whoever calls, by the view of the token that was presented.
 */
public final class SessionTokens {
  SessionTokens() {}

  /**
   * Opens a session under the session service of the user's realm, its quota included.
   *
   * @param properties what to keep with the session
   * @param address where the login came from, IPv4 or IPv6; empty where it is not known
   * @return fails with QUOTA_EXCEEDED, INVALID_FIELD for properties, NOT_FOUND for a user who is
   *     gone
   */
  public Future<IssuedToken> open(User user, Map<String, String> properties, String address) {
    return unfinished();
  }

  /** What the token opens, without touching it: idle time goes on. Empty when it opens nothing. */
  public Future<Optional<TokenView>> read(String token) {
    return unfinished();
  }

  /** What the token opens; idle time starts anew. Empty when it opens nothing. */
  public Future<Optional<TokenView>> touch(String token) {
    return unfinished();
  }

  /** The user of a token, as the rules of authorisation know them; empty once they are gone. */
  public Future<Optional<Principal>> principal(TokenView token) {
    return unfinished();
  }

  /**
   * @return whether the session lived until now
   */
  public Future<Boolean> end(TokenView target, Initiator by) {
    return unfinished();
  }

  /**
   * Ends sessions by their handles. One of a realm that the administrator may not know of is left
   * alone.
   *
   * @param admin of an administrator; anybody else's ends nothing
   * @return true for each handle, whether or not there was such a session
   */
  public Future<Map<String, Boolean>> endByHandles(TokenView admin, List<String> handles) {
    return unfinished();
  }

  /**
   * Ends all token sessions of a user.
   *
   * @return how many
   */
  public Future<Integer> endByUser(int realmId, String username, Initiator by) {
    return unfinished();
  }

  /**
   * @return fails with NOT_FOUND when the session is over
   */
  public Future<Map<String, String>> properties(UUID id) {
    return unfinished();
  }

  /** Adds or replaces properties. Fails as {@link #properties}, and with INVALID_FIELD. */
  public Future<Void> setProperties(UUID id, Map<String, String> properties) {
    return unfinished();
  }

  /** Removes properties; those that are not there do not matter. */
  public Future<Void> deleteProperties(UUID id, Collection<String> names) {
    return unfinished();
  }

  /**
   * Live token sessions of a realm, oldest first.
   *
   * @param username null for all users
   */
  public Future<List<TokenView>> query(int realmId, @Nullable String username, int limit) {
    return unfinished();
  }

  /** How many {@link #query} would show without a limit. */
  public Future<Long> count(int realmId, @Nullable String username) {
    return unfinished();
  }

  private static <T> Future<T> unfinished() {
    return Future.failedFuture(CurfewException.of(ErrorCode.UNAVAILABLE, "not built yet"));
  }
}
