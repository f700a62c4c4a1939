package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.directory.SessionTokens;
import dev.curfew.realm.TokenView;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST .../sessions?_action=}: finds out who asks for what, refuses what is not theirs, and
 * hands the rest to {@link SessionAnswers}.
 *
 * <p>A missing or dead token of the caller is 401, another's session or an administrator's action
 * 403. That the session meant is dead is told to administrators only.
 */
final class SessionCalls {
  private final SessionTokens tokens;
  private final Callers callers;
  private final RealmPaths realms;
  private final SessionAnswers answers;
  private final MassLogouts logouts;

  SessionCalls(Gateway gateway, Callers callers, RealmPaths realms) {
    this.tokens = gateway.directory().sessionTokens();
    this.callers = callers;
    this.realms = realms;
    this.answers = new SessionAnswers(gateway);
    this.logouts = new MassLogouts(tokens, callers, realms);
  }

  Future<Answer> act(Exchange exchange) {
    AmCall call = AmCall.of(exchange, VersionedResource.SESSIONS);
    String name = call.action();
    if (name == null) {
      return notImplemented("Create is not implemented for this resource");
    }
    boolean ofOne = !call.path().rest().isEmpty();
    SessionAction action =
        ofOne && call.version().major() > 1 ? null : SessionAction.of(name, call.version());
    if (action == null) {
      return notImplemented("Action " + shortened(name) + " not implemented for this resource");
    }
    return switch (action) {
      case VALIDATE -> validate(call);
      case LOGOUT -> logout(call);
      case LOGOUT_BY_HANDLE -> logouts.byHandle(call);
      case LOGOUT_BY_USER -> logouts.byUser(call);
      default -> ask(action, call);
    };
  }

  static Future<Answer> notImplemented(String message) {
    return Future.succeededFuture(CrestErrors.notImplemented(message));
  }

  private static String shortened(String name) {
    return name.length() <= 64 ? name : name.substring(0, 64) + "...";
  }

  /** The call goes to a realm that there is; most go to the root, which needs no looking up. */
  private Future<TokenView> inKnownRealm(AmCall call, TokenView session) {
    String realm = call.realm();
    return realm.equals(AmPath.ROOT)
        ? Future.succeededFuture(session)
        : realms.realm(realm).map(session);
  }

  private Future<Answer> validate(AmCall call) {
    String target = call.targetToken();
    String token = target == null ? callers.token(call) : target;
    if (token == null) {
      throw CrestErrors.badRequest("iPlanetDirectoryCookie not set on request");
    }
    String realm = call.realm();
    if (!realm.equals(AmPath.ROOT)) {
      return realms.realm(realm).compose(known -> validate(call, token));
    }
    return validate(call, token);
  }

  private Future<Answer> validate(AmCall call, String token) {
    boolean active =
        call.version().atLeast(3, 0) && !"false".equals(call.exchange().query("refresh"));
    return (active ? tokens.touch(token) : tokens.read(token))
        .map(
            found -> {
              if (found.isEmpty()) {
                return Answer.ok(SessionJson.invalid());
              }
              callers.requireWithinRate(found.get());
              return Answer.ok(SessionJson.valid(found.get(), call.version()));
            });
  }

  private Future<Answer> logout(AmCall call) {
    String target = call.targetToken();
    String own = callers.token(call);
    String caller = own == null ? target : own;
    if (caller == null) {
      throw CrestErrors.accessDenied();
    }
    return tokens
        .read(caller)
        .map(callers::live)
        .compose(view -> inKnownRealm(call, view))
        .compose(
            view ->
                target == null || target.equals(caller)
                    ? end(view, view)
                    : tokens.read(target).compose(found -> logout(view, found)));
  }

  private Future<Answer> logout(TokenView caller, Optional<TokenView> target) {
    if (target.isEmpty()) {
      return caller.administrator()
          ? Future.succeededFuture(SessionAnswers.loggedOut("Token has expired"))
          : Future.failedFuture(CrestErrors.forbidden());
    }
    return mayDo(SessionAction.Who.OWNER_OR_ADMIN, caller, target.get())
        .compose(may -> end(caller, target.get()));
  }

  private Future<Answer> end(TokenView caller, TokenView target) {
    return tokens
        .end(target, Callers.initiator(caller, target.userId()))
        .map(
            lived -> {
              // Somebody else was faster: to whoever comes second the token is dead.
              if (!lived) {
                throw CrestErrors.accessDenied();
              }
              return SessionAnswers.loggedOut("Successfully logged out");
            });
  }

  private Future<Answer> ask(SessionAction action, AmCall call) {
    String target = call.targetToken();
    String own = callers.token(call);
    String caller = own == null && vouchesForItself(action, call) ? target : own;
    if (caller == null) {
      throw CrestErrors.accessDenied();
    }
    if (target == null || target.equals(caller)) {
      return askOfOwn(action, call, caller);
    }
    return tokens
        .read(caller)
        .map(callers::live)
        .compose(view -> inKnownRealm(call, view))
        .compose(
            view ->
                tokens
                    .read(target)
                    .compose(found -> askOfOther(action, call, view, target, found)));
  }

  /** From the fourth version on, a token in the body is enough to be told of its session. */
  private static boolean vouchesForItself(SessionAction action, AmCall call) {
    return action == SessionAction.GET_SESSION_INFO
        && call.version().atLeast(4, 0)
        && call.bodyToken() != null;
  }

  private Future<Answer> askOfOwn(SessionAction action, AmCall call, String token) {
    // Who may not ask must not count as active for having asked.
    boolean atOnce = action.who() == SessionAction.Who.OWNER_OR_ADMIN && isActivity(action, call);
    return (atOnce ? tokens.touch(token) : tokens.read(token))
        .map(callers::live)
        .compose(view -> inKnownRealm(call, view))
        .compose(
            view ->
                action.who() == SessionAction.Who.OWNER_OR_ADMIN
                    ? answers.of(action, call, view, view)
                    : mayDo(action.who(), view, view)
                        .compose(may -> perform(action, call, view, token, view)));
  }

  private Future<Answer> askOfOther(
      SessionAction action,
      AmCall call,
      TokenView caller,
      String token,
      Optional<TokenView> target) {
    if (target.isEmpty()) {
      return caller.administrator()
          ? Future.succeededFuture(SessionAnswers.ofDead(action))
          : Future.failedFuture(CrestErrors.forbidden());
    }
    return mayDo(action.who(), caller, target.get())
        .compose(may -> perform(action, call, caller, token, target.get()));
  }

  private Future<Answer> perform(
      SessionAction action, AmCall call, TokenView caller, String token, TokenView target) {
    if (!isActivity(action, call)) {
      return answers.of(action, call, caller, target);
    }
    return tokens
        .touch(token)
        .compose(
            touched -> {
              TokenView live = touched.orElse(null);
              return live == null
                  ? Future.succeededFuture(SessionAnswers.ofDead(action))
                  : answers.of(action, call, caller, live);
            });
  }

  private Future<@Nullable Void> mayDo(SessionAction.Who who, TokenView caller, TokenView target) {
    return who == SessionAction.Who.OWNER_OR_ADMIN && Callers.sameUser(caller, target)
        ? Future.succeededFuture()
        : callers.requireAdministrator(caller, target.realmId());
  }

  /** Whether the action counts as activity of the user. Reading never does. */
  private static boolean isActivity(SessionAction action, AmCall call) {
    return switch (action) {
      case REFRESH, GET_SESSION_INFO_AND_RESET_IDLE_TIME -> true;
      case IS_ACTIVE -> "true".equals(call.exchange().query("refresh"));
      default -> false;
    };
  }
}
