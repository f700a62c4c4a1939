package dev.curfew.auth;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Fetches what OpenID Connect issuers publish: the discovery document, and the keys that it points
 * to. No redirects are followed; an answer is bounded in size and time.
 */
public final class IssuerDocuments {
  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 512 * 1024;

  private final HttpClient client;

  public IssuerDocuments(Vertx vertx) {
    this.client =
        vertx.createHttpClient(new HttpClientOptions().setConnectTimeout((int) LIMIT.toMillis()));
  }

  /**
   * The key set of an issuer.
   *
   * @return fails with UNAVAILABLE when it cannot be had, or is not this issuer's
   */
  Future<JsonObject> keys(String issuer) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    return json(base + DISCOVERY)
        .compose(
            discovery -> {
              if (!issuer.equals(discovery.getValue("issuer"))) {
                return Future.failedFuture(unusable("its discovery document names another issuer"));
              }
              return discovery.getValue("jwks_uri") instanceof String keys && isAsSafe(keys, issuer)
                  ? json(keys)
                  : Future.failedFuture(unusable("its discovery document has no usable jwks_uri"));
            });
  }

  /** Keys come no less safely than the document that points to them. */
  private static boolean isAsSafe(String keys, String issuer) {
    try {
      URI uri = new URI(keys);
      boolean plain = "http".equals(uri.getScheme()) && issuer.startsWith("http:");
      return uri.getHost() != null
          && ("https".equals(uri.getScheme())
              || (plain && uri.getHost().equals(new URI(issuer).getHost())));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private Future<JsonObject> json(String url) {
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(url)
            .setFollowRedirects(false)
            .putHeader("Accept", "application/json");
    return client
        .request(request)
        .compose(IssuerDocuments::body)
        .map(IssuerDocuments::parsed)
        .timeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Who reads the answer is named before it is asked for, so that no part of it is missed. */
  private static Future<Buffer> body(HttpClientRequest request) {
    Future<Buffer> body = request.response().compose(IssuerDocuments::body);
    return request.end().compose(sent -> body);
  }

  private static Future<Buffer> body(HttpClientResponse response) {
    Promise<Buffer> body = Promise.promise();
    response.exceptionHandler(body::tryFail);
    if (response.statusCode() != 200) {
      response.request().reset();
      return Future.failedFuture(unusable("it answers " + response.statusCode()));
    }
    Buffer read = Buffer.buffer();
    response.handler(
        part -> {
          if (read.length() + part.length() > MOST_BYTES) {
            response.request().reset();
            body.tryFail(unusable("its answer is too large"));
          } else {
            read.appendBuffer(part);
          }
        });
    response.endHandler(end -> body.tryComplete(read));
    return body.future();
  }

  private static JsonObject parsed(Buffer body) {
    try {
      return body.toJsonObject();
    } catch (DecodeException | ClassCastException e) {
      throw unusable("its answer is not a JSON object");
    }
  }

  private static CurfewException unusable(String reason) {
    return CurfewException.of(ErrorCode.UNAVAILABLE, reason);
  }
}
