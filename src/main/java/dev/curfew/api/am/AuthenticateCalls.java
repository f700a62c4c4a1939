package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.config.Secret;
import dev.curfew.directory.Directory;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Realm;
import dev.curfew.realm.User;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * {@code POST .../authenticate}: a login by name and password, given in headers at once or as the
 * answers to two questions. {@code ForceAuth} changes nothing, since every login here asks.
 */
final class AuthenticateCalls {
  private static final String USERNAME = "X-OpenAM-Username";
  private static final String PASSWORD = "X-OpenAM-Password";
  private static final String MODULE = "DataStore";
  private static final String NOT_CACHED = "no-cache, no-store, must-revalidate";

  private final Directory directory;
  private final RealmPaths realms;
  private final LongSupplier clock;
  private final String cookieName;
  private final List<String> chains;

  AuthenticateCalls(Gateway gateway, RealmPaths realms) {
    this.directory = gateway.directory();
    this.realms = realms;
    this.clock = gateway.clock();
    this.cookieName = gateway.config().am().cookieName();
    this.chains = gateway.config().am().services();
  }

  Future<Answer> authenticate(Exchange exchange) {
    AmCall call = AmCall.of(exchange, VersionedResource.AUTHENTICATE);
    return realms
        .realm(call.realm())
        .compose(realm -> step(call, realm))
        .map(answer -> answer.with("Cache-Control", NOT_CACHED))
        .recover(failure -> refused(call, failure));
  }

  private Future<Answer> step(AmCall call, Realm realm) {
    String chain = chain(call.exchange());
    String name = call.exchange().header(USERNAME);
    String password = call.exchange().header(PASSWORD);
    if (name != null && password != null) {
      return logIn(
          call, realm, chain, HeaderWords.decode(name), Secret.of(HeaderWords.decode(password)));
    }
    Fields body = call.exchange().body();
    String ticket = body.optionalText(Callbacks.AUTH_ID);
    if (ticket == null) {
      return Future.succeededFuture(
          Answer.ok(Callbacks.asked(directory.loginTickets().issue(realm.name()))));
    }
    Callbacks.Filled filled = Callbacks.filled(body);
    return directory
        .loginTickets()
        .take(ticket, realm.name())
        .compose(
            taken ->
                taken
                    ? logIn(call, realm, chain, filled.name(), filled.password())
                    : Future.failedFuture(
                        CurfewException.of(ErrorCode.UNAUTHENTICATED, "Session has timed out")));
  }

  /** The login chain that the client names. All do the same, but only those there are exist. */
  private String chain(Exchange exchange) {
    String type = exchange.query("authIndexType");
    String value = exchange.query("authIndexValue");
    if (type == null) {
      return chains.isEmpty() ? MODULE : chains.get(0);
    }
    boolean known =
        switch (type) {
          case "service" -> chains.contains(value);
          case "module" -> MODULE.equals(value);
          default -> throw CurfewException.invalid("authIndexType", "must be service or module");
        };
    if (!known || value == null) {
      throw CurfewException.of(ErrorCode.UNAUTHENTICATED, "No configuration found");
    }
    return value;
  }

  private Future<Answer> logIn(
      AmCall call, Realm realm, String chain, String name, Secret password) {
    String address = call.exchange().address().text();
    return directory
        .logins()
        .verify(realm.id(), name, password, address)
        .recover(AuthenticateCalls::inTheDialectsWords)
        .compose(
            user ->
                "true".equals(call.exchange().query("noSession"))
                    ? Future.succeededFuture(withoutSession(call, user))
                    : open(call, realm, chain, user, address));
  }

  private static Future<User> inTheDialectsWords(Throwable failure) {
    boolean wrong =
        failure instanceof CurfewException known && known.code() == ErrorCode.UNAUTHENTICATED;
    return Future.failedFuture(
        wrong ? CurfewException.of(ErrorCode.UNAUTHENTICATED, "Authentication Failed") : failure);
  }

  private static Answer withoutSession(AmCall call, User user) {
    return Answer.ok(
        described(new JsonObject().put("message", "Authentication Successful"), call, user));
  }

  private Future<Answer> open(AmCall call, Realm realm, String chain, User user, String address) {
    return directory
        .sessionTokens()
        .open(
            user,
            SessionProperties.ofLogin(
                user, realm, address, chain, successUrl(call), clock.getAsLong()),
            address)
        .map(
            issued -> {
              String token = issued.token().reveal();
              return Answer.ok(described(new JsonObject().put("tokenId", token), call, user))
                  .with("Set-Cookie", cookie(token, call.exchange().secure()));
            });
  }

  /** A token is made of characters that a cookie takes as they are. */
  private String cookie(String token, boolean secure) {
    return cookieName + "=" + token + "; Path=/; HttpOnly" + (secure ? "; Secure" : "");
  }

  private static JsonObject described(JsonObject body, AmCall call, User user) {
    return body.put("successUrl", successUrl(call)).put("realm", RealmPaths.pathOf(user.realm()));
  }

  /** The original's console, below whatever the client takes for its place. */
  private static String successUrl(AmCall call) {
    String context = call.path().context();
    return (context.isEmpty() ? "/openam" : context) + "/console";
  }

  /** The first version of the resource has a word of its own for what is wrong. */
  private static Future<Answer> refused(AmCall call, Throwable failure) {
    if (call.version().major() > 1
        || !(failure instanceof CurfewException known)
        || known.code().category() != ErrorCode.Category.UNAUTHENTICATED) {
      return Future.failedFuture(failure);
    }
    JsonObject body = CrestErrors.body(401, CrestErrors.message(known));
    return Future.succeededFuture(
        Answer.json(401, body.put("errorMessage", body.getString("message"))));
  }
}
