package dev.curfew.api.access;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.config.Secret;
import dev.curfew.directory.IssuedTokens;
import dev.curfew.directory.LoginTokens;
import dev.curfew.fault.CurfewException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Logging in, staying so, and logging out; and the keys that access tokens are signed with. */
final class AuthCalls {
  private static final int LONGEST_NAME = 320;
  private static final int LONGEST_PASSWORD = 1_024;
  private static final int LONGEST_TOKEN = 256;

  private final Gateway gateway;

  AuthCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  private LoginTokens tokens() {
    return gateway.directory().loginTokens();
  }

  Future<Answer> login(Exchange exchange) {
    Fields body = exchange.body();
    if (body.has("email") && body.has("username")) {
      throw CurfewException.invalid("username", "must not be given together with email");
    }
    String name =
        body.has("username")
            ? body.text("username", LONGEST_NAME)
            : body.text("email", LONGEST_NAME);
    Secret password = password(body);
    String realm = body.optionalText("realm", 128);
    return gateway
        .directory()
        .logins()
        .verifyIn(realm, name, password, exchange.address().text())
        .compose(tokens()::open)
        .map(AuthCalls::answer);
  }

  /** Not trimmed, and blank if the user likes. */
  private static Secret password(Fields body) {
    String password = body.optionalText("password", LONGEST_PASSWORD);
    if (password == null || password.isEmpty()) {
      throw CurfewException.invalid("password", "is required");
    }
    return Secret.of(password);
  }

  Future<Answer> refresh(Exchange exchange) {
    Secret token = Secret.of(exchange.body().text("refreshToken", LONGEST_TOKEN));
    return tokens().refresh(token).map(AuthCalls::answer);
  }

  private static Answer answer(IssuedTokens issued) {
    return Answer.ok(
        new JsonObject()
            .put("accessToken", issued.accessToken().reveal())
            .put("refreshToken", issued.refreshToken().reveal())
            .put("tokenType", "Bearer")
            .put("expiresIn", issued.expiresInSeconds()));
  }

  Future<Answer> logout(Exchange exchange) {
    Fields body = exchange.body();
    Future<Void> ended =
        body.has("refreshToken")
            ? tokens().end(Secret.of(body.text("refreshToken", LONGEST_TOKEN)))
            : exchange.authenticate().compose(tokens()::end);
    return ended.map(done -> Answer.empty(204));
  }

  /** Public keys change seldom, and are published long before they sign. */
  Future<Answer> keys(Exchange exchange) {
    return gateway
        .directory()
        .signingKeys()
        .ring()
        .map(
            ring ->
                Answer.ok(new JsonObject(ring.published()))
                    .with("Cache-Control", "public, max-age=300"));
  }
}
