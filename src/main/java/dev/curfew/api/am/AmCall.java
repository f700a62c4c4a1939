package dev.curfew.api.am;

import dev.curfew.api.Exchange;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.http.Cookie;
import org.jspecify.annotations.Nullable;

/**
 * What a call says before anybody looks at its body: where it goes, in which version, and with
 * whose token.
 */
record AmCall(Exchange exchange, AmPath path, ApiVersion version) {
  static final String TOKEN_ID = "tokenId";

  /**
   * Reads a call, and has the answer say which version it is of.
   *
   * @throws CurfewException INVALID_FIELD or NOT_FOUND for the version that it asks for
   */
  static AmCall of(Exchange exchange, VersionedResource resource) {
    AmPath path = AmPath.of(exchange.request().path());
    if (path == null) {
      throw CurfewException.of(ErrorCode.INTERNAL, "Not a path of the dialect");
    }
    ApiVersion version = resource.matching(exchange.header(ApiVersion.ACCEPT));
    exchange.response().putHeader(ApiVersion.CONTENT, version.asHeader());
    return new AmCall(exchange, path, version);
  }

  @Nullable String action() {
    return exchange.query("_action");
  }

  /** The realm as the path has it, or else the parameter {@code realm}. */
  String realm() {
    String parameter = exchange.query("realm");
    if (parameter == null || !path.realm().equals(AmPath.ROOT)) {
      return path.realm();
    }
    String realm = parameter.startsWith("/") ? parameter : "/" + parameter;
    return realm.length() > 1 && realm.endsWith("/")
        ? realm.substring(0, realm.length() - 1)
        : realm;
  }

  /**
   * The token that says who calls.
   *
   * @param name of the header and the cookie
   */
  @Nullable String callerToken(String name) {
    return token(exchange, name);
  }

  /** As {@link #callerToken}, of a call that is none of this form. */
  static @Nullable String token(Exchange exchange, String name) {
    String token = exchange.header(name);
    if (token == null) {
      Cookie cookie = exchange.request().getCookie(name);
      token = cookie == null ? null : cookie.getValue();
    }
    return token == null || token.isBlank() ? null : token.strip();
  }

  /** The token of the session that is meant, where it is named apart from the caller's. */
  @Nullable String targetToken() {
    if (!path.rest().isEmpty()) {
      return path.rest();
    }
    String token = exchange.query(TOKEN_ID);
    return token == null ? bodyToken() : token;
  }

  /** From the third version on the body may name it. */
  @Nullable String bodyToken() {
    String token =
        version.major() < 3 || exchange.body().json().isEmpty()
            ? null
            : exchange.body().optionalText(TOKEN_ID);
    return token == null || token.isBlank() ? null : token;
  }
}
