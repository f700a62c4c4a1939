package dev.curfew.api;

import io.vertx.core.http.HttpMethod;

/**
 * One call of a dialect.
 *
 * @param path in vertx-web's notation, parameters as {@code :name}
 */
public record ApiRoute(
    HttpMethod method, String path, Need need, BodyRule body, Operation operation) {

  public static ApiRoute get(String path, Need need, Operation operation) {
    return new ApiRoute(HttpMethod.GET, path, need, BodyRule.NONE, operation);
  }
}
