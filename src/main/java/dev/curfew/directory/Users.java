package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.PasswordHasher;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.bus.Sessions;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Page;
import dev.curfew.realm.User;
import dev.curfew.session.Command;
import dev.curfew.store.SessionQueries;
import dev.curfew.store.UserStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who has sessions. Users are named by UUID, numeric id or user name, tried in this order. */
public final class Users {
  private final UserStore store;
  private final Realms realms;
  private final SessionQueries sessionQueries;
  private final Sessions sessions;
  private final PasswordHasher passwords;
  private final SortableIds ids;
  private final Notices notices;

  Users(
      UserStore store,
      Realms realms,
      SessionQueries sessionQueries,
      Sessions sessions,
      PasswordHasher passwords,
      SortableIds ids,
      Notices notices) {
    this.store = store;
    this.realms = realms;
    this.sessionQueries = sessionQueries;
    this.sessions = sessions;
    this.passwords = passwords;
    this.ids = ids;
    this.notices = notices;
  }

  /** For administrators of the realm; only an administrator of all makes another one. */
  public Future<User> create(Principal by, NewUser user) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    String username = FieldRules.name("username", user.username(), FieldRules.LONGEST_NAME);
    String email = FieldRules.email("email", user.email());
    String displayName = displayName(user.displayName());
    Set<Role> roles = user.roles().isEmpty() ? Set.of(Role.USER) : user.roles();
    requireMayGrant(by, roles);
    Future<String> hash = hash(user.password());
    String realm = user.realm();
    Future<Integer> realmId =
        realm == null || realm.equals(by.realm())
            ? Future.succeededFuture(by.realmId())
            : realms.resolve(by, realm).map(found -> found.id());
    return realmId
        .compose(
            into ->
                hash.compose(
                    hashed ->
                        store.insert(
                            new UserStore.NewRow(
                                ids.next(), into, username, email, displayName, hashed, roles),
                            by.administrator())))
        .onSuccess(made -> notices.events());
  }

  /** For administrators and auditors of the user's realm, and the user. */
  public Future<User> get(Principal by, String anyForm) {
    return resolve(by, anyForm)
        .map(
            user -> {
              if (user.numericId() != by.userId()) {
                Authorisation.requireReader(by, user.realmId(), "User " + anyForm);
              }
              return user;
            });
  }

  /**
   * For administrators and auditors: those of the realm, or all. In the order of their numeric ids.
   *
   * @param q part of user name, display name or e-mail, without regard to case; null for all
   */
  public Future<Page<User>> list(Principal by, @Nullable String q, PageRequest page) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    String part = FieldRules.optionalText("q", q, FieldRules.LONGEST_PERSONAL_NAME);
    int after = page.key(Integer::valueOf).orElse(0);
    return store
        .list(Realms.visibleTo(by), part, after, page.rows())
        .map(rows -> page.page(rows, User::numericId));
  }

  /** For administrators of the realm. */
  public Future<User> change(Principal by, String anyForm, UserChange change) {
    String email = FieldRules.email("email", change.email());
    String displayName = displayName(change.displayName());
    Set<Role> roles = change.roles();
    if (roles != null) {
      requireMayGrant(by, roles);
      if (roles.isEmpty()) {
        throw CurfewException.invalid("roles", "must name at least one role");
      }
    }
    checkPassword(change.password());
    return administered(by, anyForm)
        .compose(
            user -> {
              if (roles != null
                  && user.numericId() == by.userId()
                  && user.is(Role.ADMIN)
                  && !roles.contains(Role.ADMIN)) {
                throw CurfewException.of(
                    ErrorCode.FORBIDDEN, "Nobody takes the role ADMIN from themselves");
              }
              return hash(change.password())
                  .compose(
                      hashed ->
                          store.change(
                              user.id(),
                              new UserStore.ChangeRow(
                                  change.setsEmail(),
                                  email,
                                  change.setsDisplayName(),
                                  displayName,
                                  hashed,
                                  roles),
                              by.administrator()));
            })
        .map(changed -> changed.orElseThrow(() -> notFound(anyForm)))
        .onSuccess(changed -> notices.credentials());
  }

  /** Removes a user: their keys are revoked and their sessions ended. Nobody removes themselves. */
  public Future<Void> delete(Principal by, String anyForm) {
    return administered(by, anyForm)
        .compose(
            user -> {
              if (user.numericId() == by.userId()) {
                throw CurfewException.of(ErrorCode.FORBIDDEN, "Nobody deletes themselves");
              }
              return store.delete(user.id(), by.administrator());
            })
        .map(deleted -> deleted.orElseThrow(() -> notFound(anyForm)))
        .onSuccess(deleted -> notices.credentials())
        .compose(deleted -> revokeSessions(by, deleted));
  }

  private Future<Void> revokeSessions(Principal by, User deleted) {
    return sessionQueries
        .liveIdsOf(deleted.numericId())
        .compose(
            live ->
                Future.join(
                    live.stream()
                        .map(
                            id ->
                                sessions.ask(
                                    new Command.Revoke(
                                        id, by.administrator(), "The user was deleted")))
                        .toList()))
        .mapEmpty();
  }

  /**
   * Whom the caller means, within the realms that the caller may know of. Permission to do anything
   * with that user is a question of its own. A name is looked for in the caller's own realm first;
   * in the others it must be the only one.
   *
   * @return fails with NOT_FOUND
   */
  public Future<User> resolve(Principal by, String anyForm) {
    String text = anyForm.strip();
    if (text.isEmpty() || text.length() > FieldRules.LONGEST_NAME || text.indexOf('\0') >= 0) {
      return Future.failedFuture(notFound("of that name"));
    }
    return byId(by, text)
        .compose(
            found ->
                found.isPresent()
                    ? Future.succeededFuture(found.get())
                    : byName(by, text).map(named -> named.orElseThrow(() -> notFound(text))));
  }

  private Future<Optional<User>> byId(Principal by, String text) {
    Future<Optional<User>> found = Future.succeededFuture(Optional.empty());
    if (text.length() == 36) {
      try {
        found = store.find(UUID.fromString(text));
      } catch (IllegalArgumentException notUuid) {
        return found;
      }
    } else if (text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      long id = Long.parseLong(text);
      if (id <= Integer.MAX_VALUE) {
        found = store.find((int) id);
      }
    }
    return found.map(user -> user.filter(known -> visible(by, known)));
  }

  private Future<Optional<User>> byName(Principal by, String text) {
    return store
        .named(text, by.realmId(), 1)
        .compose(
            own ->
                !own.isEmpty() || !by.is(Role.ADMIN)
                    ? Future.succeededFuture(own)
                    : store.named(text, null, 2))
        .map(
            (List<User> named) -> named.size() == 1 ? Optional.of(named.get(0)) : Optional.empty());
  }

  /**
   * The user of this numeric id, within the realms that the caller may know of.
   *
   * @return fails with NOT_FOUND
   */
  public Future<User> ofNumericId(Principal by, long numericId) {
    if (numericId < 1 || numericId > Integer.MAX_VALUE) {
      return Future.failedFuture(notFound(Long.toString(numericId)));
    }
    return store
        .find((int) numericId)
        .map(
            found ->
                found
                    .filter(user -> visible(by, user))
                    .orElseThrow(() -> notFound(Long.toString(numericId))));
  }

  /**
   * The user of this numeric id, for the program itself.
   *
   * @return fails with NOT_FOUND when the user has been deleted
   */
  Future<User> known(int numericId) {
    return store
        .find(numericId)
        .map(found -> found.orElseThrow(() -> notFound(Integer.toString(numericId))));
  }

  /** The user, whom the caller administers and who may do no more than the caller. */
  private Future<User> administered(Principal by, String anyForm) {
    return resolve(by, anyForm)
        .map(
            user -> {
              Authorisation.requireAdministrator(by, user.realmId(), "User " + anyForm);
              requireNoHigher(by, user);
              return user;
            });
  }

  /** An administrator of one realm has no power over an administrator of all. */
  static void requireNoHigher(Principal by, User user) {
    if (user.is(Role.ADMIN) && !by.is(Role.ADMIN)) {
      throw CurfewException.of(
          ErrorCode.FORBIDDEN, "Only an administrator of all may do this to another one");
    }
  }

  private static void requireMayGrant(Principal by, Set<Role> roles) {
    if (roles.contains(Role.ADMIN) && !by.is(Role.ADMIN)) {
      throw CurfewException.of(
          ErrorCode.FORBIDDEN, "Only an administrator of all grants the role ADMIN");
    }
  }

  private static boolean visible(Principal by, User user) {
    return by.is(Role.ADMIN) || user.realmId() == by.realmId();
  }

  private static @Nullable String displayName(@Nullable String value) {
    return FieldRules.optionalName("displayName", value, FieldRules.LONGEST_PERSONAL_NAME);
  }

  private static void checkPassword(@Nullable Secret password) {
    if (password != null
        && FieldRules.text("password", password.reveal(), FieldRules.LONGEST_PASSWORD).isEmpty()) {
      throw CurfewException.invalid("password", "must not be empty");
    }
  }

  private Future<@Nullable String> hash(@Nullable Secret password) {
    checkPassword(password);
    return password == null ? Future.succeededFuture(null) : passwords.hash(password);
  }

  private static CurfewException notFound(String who) {
    return CurfewException.notFound("User " + who);
  }
}
