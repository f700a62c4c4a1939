package dev.curfew.api.pra;

import dev.curfew.api.Answer;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.config.Secret;
import dev.curfew.directory.OauthClients;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an account of the PRA dialect gets its tokens: OAuth 2.0 client credentials (RFC 6749,
 * section 4.4), the client's secret by HTTP Basic. The errors are OAuth's, with the text that this
 * dialect's clients know for a refusal.
 */
public final class TokenDialect implements Dialect {
  private static final String TOKEN = "/oauth2/token";
  private static final String BASIC = "Basic ";
  private static final String GRANT = "client_credentials";
  private static final int LARGEST_FORM = 8 * 1_024;

  private final Gateway gateway;

  public TokenDialect(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public String name() {
    return "pra";
  }

  @Override
  public List<String> basePaths() {
    return List.of("/oauth2");
  }

  @Override
  public ErrorShape errors() {
    return (failure, request) -> error(failure);
  }

  @Override
  public List<ApiRoute> routes() {
    return List.of(
        new ApiRoute(
            HttpMethod.POST,
            TOKEN,
            Need.own("client id and secret by HTTP Basic"),
            BodyRule.form(LARGEST_FORM),
            this::token));
  }

  private static Answer error(CurfewException failure) {
    return switch (failure.code().category()) {
      case UNAUTHENTICATED ->
          Answer.json(
                  401,
                  error(
                      "access_denied",
                      "The resource owner or authorization server denied the request."))
              .with("WWW-Authenticate", "Basic realm=\"curfew\"");
      case INVALID ->
          Answer.json(
              400,
              error(
                  "grant_type".equals(failure.field())
                      ? "unsupported_grant_type"
                      : "invalid_request",
                  failure.getMessage()));
      case RATE_LIMITED, UNAVAILABLE ->
          Answer.json(
              failure.code().httpStatus(), error("temporarily_unavailable", failure.getMessage()));
      default ->
          Answer.json(failure.code().httpStatus(), error("invalid_request", failure.getMessage()));
    };
  }

  private static JsonObject error(String code, String message) {
    return new JsonObject().put("error", code).put("message", message);
  }

  private Future<Answer> token(Exchange exchange) {
    Client client = client(exchange.header("Authorization"));
    if (client == null) {
      throw CurfewException.of(ErrorCode.UNAUTHENTICATED, "Basic credentials are required");
    }
    String grant = exchange.body().optionalText("grant_type");
    if (grant == null) {
      throw CurfewException.of(ErrorCode.INVALID_FIELD, "grant_type is required");
    }
    if (!grant.equals(GRANT)) {
      throw CurfewException.invalid("grant_type", "must be " + GRANT);
    }
    return gateway
        .directory()
        .oauthClients()
        .issue(client.id(), client.secret())
        .map(
            token ->
                Answer.ok(
                        new JsonObject()
                            .put("access_token", token.reveal())
                            .put("token_type", "Bearer")
                            .put("expires_in", OauthClients.TOKEN_LIFE.toSeconds()))
                    .with("Pragma", "no-cache"));
  }

  private record Client(String id, Secret secret) {}

  private static @Nullable Client client(@Nullable String authorization) {
    if (authorization == null || !authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      return null;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
      String pair = new String(decoded, StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0
          ? null
          : new Client(pair.substring(0, colon), Secret.of(pair.substring(colon + 1)));
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }
}
