package dev.curfew.contract;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer, as they went over the wire.
 *
 * @param method in capitals
 * @param path as sent, percent-encoded, without the query
 * @param query the raw query, without the question mark; empty when there was none
 * @param requestHeaders what the client sent; may be empty when they do not matter
 * @param requestBody null when it is not known to the caller, who then cannot have it checked
 */
public record WireExchange(
    String method,
    String path,
    String query,
    MultiMap requestHeaders,
    @Nullable Buffer requestBody,
    int status,
    MultiMap responseHeaders,
    Buffer responseBody) {

  public WireExchange {
    method = method.toUpperCase(Locale.ROOT);
  }

  /**
   * The exchange of a request without a body.
   *
   * @param target path with or without a query
   */
  public static WireExchange of(
      String method, String target, int status, MultiMap responseHeaders, Buffer responseBody) {
    URI uri = URI.create(target);
    String query = uri.getRawQuery();
    return new WireExchange(
        method,
        uri.getRawPath(),
        query == null ? "" : query,
        MultiMap.caseInsensitiveMultiMap(),
        null,
        status,
        responseHeaders,
        responseBody);
  }

  /** Of the JDK's client, which does not tell what body was sent: see {@link #sending}. */
  public static WireExchange of(HttpResponse<byte[]> response) {
    return of(response, Buffer.buffer(response.body()));
  }

  /** The same, of whose body this has been read. */
  public static WireExchange of(HttpResponse<?> response, Buffer read) {
    URI uri = response.request().uri();
    String query = uri.getRawQuery();
    return new WireExchange(
        response.request().method(),
        uri.getRawPath(),
        query == null ? "" : query,
        headers(response.request().headers()),
        null,
        response.statusCode(),
        headers(response.headers()),
        read);
  }

  /** The same exchange, whose request carried these bytes. */
  public WireExchange sending(Buffer body) {
    return new WireExchange(
        method, path, query, requestHeaders, body, status, responseHeaders, responseBody);
  }

  /** The same exchange, as if another path had been asked for. */
  public WireExchange at(String otherPath) {
    return new WireExchange(
        method,
        otherPath,
        query,
        requestHeaders,
        requestBody,
        status,
        responseHeaders,
        responseBody);
  }

  /** The same exchange, whose request carried these headers. */
  public WireExchange with(MultiMap headers) {
    return new WireExchange(
        method, path, query, headers, requestBody, status, responseHeaders, responseBody);
  }

  private static MultiMap headers(java.net.http.HttpHeaders headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    headers.map().forEach(map::add);
    return map;
  }
}
