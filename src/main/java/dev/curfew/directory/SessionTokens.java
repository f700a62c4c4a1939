package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.SessionTokenFormat;
import dev.curfew.auth.TokenHash;
import dev.curfew.bus.Sessions;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.Outcome;
import dev.curfew.session.SecretDigest;
import dev.curfew.store.TokenStore;
import dev.curfew.store.UserStore;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions that are opened and recognised by an opaque token. Who may ask for what is checked by
 * whoever calls, by the view of the token that was presented.
 *
 * <p>A token is recognised by its session's shard, from memory, and its user is remembered, so that
 * neither {@link #read} nor {@link #touch} waits for the database once the session has been seen.
 */
public final class SessionTokens {
  private static final int MOST_HANDLES = 1_000;

  private final TokenStore store;
  private final TokenHolders holders;
  private final TokenOpenings openings;
  private final UserStore users;
  private final Sessions sessions;
  private final LongSupplier clock;

  SessionTokens(
      TokenStore store,
      TokenHolders holders,
      TokenOpenings openings,
      UserStore users,
      Sessions sessions,
      LongSupplier clock) {
    this.store = store;
    this.holders = holders;
    this.openings = openings;
    this.users = users;
    this.sessions = sessions;
    this.clock = clock;
  }

  /**
   * Opens a session under the session service of the user's realm, its quota included. Warnings are
   * those of the realm's default policy.
   *
   * @param properties what to keep with the session
   * @param address where the login came from, IPv4 or IPv6; empty where it is not known
   * @return fails with QUOTA_EXCEEDED, INVALID_FIELD for properties, NOT_FOUND for a user who is
   *     gone
   */
  public Future<IssuedToken> open(User user, Map<String, String> properties, String address) {
    return openings.open(user, TokenProperties.checked(properties), address);
  }

  // Recognising

  /** What the token opens, without touching it: idle time goes on. Empty when it opens nothing. */
  public Future<Optional<TokenView>> read(String token) {
    return recognise(token, Command.ReadToken::new);
  }

  /** What the token opens; idle time starts anew. Empty when it opens nothing. */
  public Future<Optional<TokenView>> touch(String token) {
    return recognise(token, Command.TouchToken::new);
  }

  private Future<Optional<TokenView>> recognise(
      String token, BiFunction<UUID, SecretDigest, Command> command) {
    Optional<UUID> id = SessionTokenFormat.sessionOf(token);
    if (id.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    return sessions
        .ask(command.apply(id.get(), TokenHash.of(token).digest()))
        .compose(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                throw refused.toException();
              }
              if (!(outcome instanceof Outcome.Done done) || !done.session().state().live()) {
                return Future.succeededFuture(Optional.empty());
              }
              return holders
                  .of(Math.toIntExact(done.session().userId()))
                  .map(holder -> holder.map(known -> TokenViews.of(done.session(), known.user())));
            });
  }

  /**
   * The user of a token, as the rules of authorisation know them; empty once they are gone. A
   * session token carries no scope: it is good for what is decided by realm, role and ownership.
   */
  public Future<Optional<Principal>> principal(TokenView token) {
    return holders
        .of(token.userId())
        .map(
            holder ->
                holder.map(
                    known ->
                        new Principal(
                            known.user().numericId(),
                            known.user().id(),
                            known.user().username(),
                            known.user().realmId(),
                            known.user().realm(),
                            known.tier(),
                            known.user().roles(),
                            Set.of(),
                            token.id(),
                            token.expiresAt())));
  }

  /** Users changed: who holds what is looked up again. */
  void forgetHolders() {
    holders.forget();
  }

  // Ending

  /**
   * @return whether the session lived until now
   */
  public Future<Boolean> end(TokenView target, Initiator by) {
    return end(target.id(), target.userId(), by);
  }

  private Future<Boolean> end(UUID id, long ownerId, Initiator by) {
    boolean own = by.kind() == Initiator.Kind.USER && by.userId() == ownerId;
    return sessions
        .ask(own ? new Command.Stop(id, by, EndReason.STOPPED) : new Command.Revoke(id, by, null))
        .map(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                throw refused.toException();
              }
              return outcome instanceof Outcome.Done done && done.changed();
            });
  }

  /**
   * Ends sessions by their handles. One of a realm that the administrator may not know of is left
   * alone.
   *
   * @return true for each handle, whether or not there was such a session; fails with FORBIDDEN for
   *     whoever administers nothing, INVALID_FIELD for too many handles
   */
  public Future<Map<String, Boolean>> endByHandles(TokenView admin, List<String> handles) {
    if (handles.size() > MOST_HANDLES) {
      throw CurfewException.invalid("sessionHandles", "must be at most " + MOST_HANDLES);
    }
    Map<String, Boolean> answer = new LinkedHashMap<>();
    Set<UUID> named = new HashSet<>();
    for (String handle : handles) {
      answer.put(handle, true);
      TokenViews.sessionOf(handle).ifPresent(named::add);
    }
    return principal(admin)
        .compose(
            found -> {
              Principal by =
                  found.orElseThrow(() -> CurfewException.notFound("User " + admin.username()));
              Authorisation.requireAdministrator(by, by.realmId(), "Realm");
              return store
                  .among(named, by.is(Role.ADMIN) ? null : by.realmId())
                  .compose(live -> endAll(live, 0, by.administrator()));
            })
        .map(answer);
  }

  /**
   * Ends all token sessions of a user.
   *
   * @return how many; none for a user that the realm does not have
   */
  public Future<Integer> endByUser(int realmId, String username, Initiator by) {
    return users
        .named(checkedName(username), realmId, 1)
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(0)
                    : store
                        .ofUser(found.get(0).numericId())
                        .compose(live -> endAll(live, found.get(0).numericId(), by)));
  }

  private Future<Integer> endAll(List<UUID> live, long ownerId, Initiator by) {
    return Future.join(live.stream().map(id -> end(id, ownerId, by)).toList())
        .map(ended -> (int) ended.<Boolean>list().stream().filter(Boolean::booleanValue).count());
  }

  // Properties

  /**
   * @return fails with NOT_FOUND when the session is over
   */
  public Future<Map<String, String>> properties(UUID id) {
    return store.properties(id).map(found -> found.orElseThrow(SessionTokens::over));
  }

  /**
   * Adds or replaces properties, all or none. At most 64, with names of up to 128 and values of up
   * to 4096 characters.
   *
   * @return fails with NOT_FOUND when the session is over, INVALID_FIELD
   */
  public Future<Void> setProperties(UUID id, Map<String, String> properties) {
    return store
        .setProperties(id, TokenProperties.checked(properties), TokenProperties.MOST)
        .map(SessionTokens::done);
  }

  /**
   * Removes properties; those that are not there do not matter.
   *
   * @return fails with NOT_FOUND when the session is over, INVALID_FIELD
   */
  public Future<Void> deleteProperties(UUID id, Collection<String> names) {
    if (names.size() > TokenProperties.MOST) {
      throw TokenProperties.tooMany();
    }
    return store
        .deleteProperties(id, names.stream().map(TokenProperties::checkedName).toList())
        .map(SessionTokens::done);
  }

  private static @Nullable Void done(TokenStore.Change change) {
    return switch (change) {
      case DONE -> null;
      case TOO_MANY -> throw TokenProperties.tooMany();
      case NOT_LIVE -> throw over();
    };
  }

  private static CurfewException over() {
    return CurfewException.notFound("Session");
  }

  // Lists

  /**
   * Live token sessions of a realm, oldest first. Their last access is as it has been written,
   * about a second ago.
   *
   * @param username null for all users
   */
  public Future<List<TokenView>> query(int realmId, @Nullable String username, int limit) {
    return store
        .live(realmId, username == null ? null : checkedName(username), limit)
        .map(rows -> rows.stream().map(row -> TokenViews.of(row, clock.getAsLong())).toList());
  }

  /** How many {@link #query} would show without a limit. */
  public Future<Long> count(int realmId, @Nullable String username) {
    return store.count(realmId, username == null ? null : checkedName(username));
  }

  private static String checkedName(String username) {
    return FieldRules.text("username", username, FieldRules.LONGEST_NAME);
  }
}
