package dev.curfew.auth;

import io.vertx.core.http.HttpHeaders;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where a request carries its credential, whatever the protocol: never in an address. */
public final class CredentialHeaders {
  private static final CharSequence API_KEY = HttpHeaders.createOptimized("X-API-Key");
  private static final String BEARER = "Bearer ";

  private CredentialHeaders() {}

  /**
   * The credential of {@code X-API-Key}, else of {@code Authorization: Bearer}.
   *
   * @param header gives a header by name, whatever its case, or null
   * @return null when there is none
   */
  public static @Nullable String credential(Function<CharSequence, @Nullable String> header) {
    String key = header.apply(API_KEY);
    if (key == null) {
      String authorization = header.apply(HttpHeaders.AUTHORIZATION);
      if (authorization != null
          && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
        key = authorization.substring(BEARER.length());
      }
    }
    return key == null || key.isBlank() ? null : key.strip();
  }
}
