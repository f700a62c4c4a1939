package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.directory.SessionTokens;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Realm;
import dev.curfew.realm.TokenView;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/** Logouts of sessions that are named by something else than their tokens. */
final class MassLogouts {
  private static final int MOST_HANDLES = 1_000;
  private static final String HANDLES = "sessionHandles";
  private static final String USERNAME = "username";

  private final SessionTokens tokens;
  private final Callers callers;
  private final RealmPaths realms;

  MassLogouts(SessionTokens tokens, Callers callers, RealmPaths realms) {
    this.tokens = tokens;
    this.callers = callers;
    this.realms = realms;
  }

  /** For administrators; a handle that names nothing is as good as logged out. */
  Future<Answer> byHandle(AmCall call) {
    return callers
        .caller(call)
        .compose(caller -> realms.realm(call.realm()).map(caller))
        .compose(
            caller -> {
              if (!caller.administrator()) {
                throw CrestErrors.forbidden();
              }
              if (!call.exchange().body().has(HANDLES)) {
                throw CurfewException.invalid(HANDLES, "is required");
              }
              List<String> handles = call.exchange().body().texts(HANDLES, MOST_HANDLES);
              return tokens.endByHandles(caller, handles);
            })
        .map(
            ended -> {
              JsonObject result = new JsonObject();
              ended.forEach(result::put);
              return Answer.ok(new JsonObject().put("result", result));
            });
  }

  /** For the user named, and for administrators of the realm that the path names. */
  Future<Answer> byUser(AmCall call) {
    return callers
        .caller(call)
        .compose(
            caller -> realms.realm(call.realm()).compose(realm -> byUser(call, caller, realm)));
  }

  private Future<Answer> byUser(AmCall call, TokenView caller, Realm realm) {
    String username = call.exchange().body().text(USERNAME);
    boolean self =
        caller.realmId() == realm.id()
            && caller.username().toLowerCase(Locale.ROOT).equals(username.toLowerCase(Locale.ROOT));
    Future<Void> allowed =
        self ? Future.succeededFuture() : callers.requireAdministrator(caller, realm.id());
    return allowed
        .compose(
            may ->
                tokens.endByUser(
                    realm.id(), username, Callers.initiator(caller, self ? caller.userId() : 0)))
        .map(ended -> Answer.ok(new JsonObject().put("result", true)));
  }
}
