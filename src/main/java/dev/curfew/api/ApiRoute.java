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

  /** Whether a request's path is one of this route's, whatever its method. */
  boolean covers(String requested) {
    String[] pattern = path.split("/", -1);
    String[] parts = requested.split("/", -1);
    if (pattern.length != parts.length) {
      return false;
    }
    for (int i = 0; i < pattern.length; i++) {
      if (!pattern[i].startsWith(":") && !pattern[i].equals(parts[i])) {
        return false;
      }
    }
    return true;
  }
}
