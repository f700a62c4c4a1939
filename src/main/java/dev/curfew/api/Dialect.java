package dev.curfew.api;

import dev.curfew.auth.Principal;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A set of calls that share a base path and an error shape. */
public interface Dialect {
  /** Name of the dialect and of its OpenAPI document. */
  String name();

  /** Paths that begin so, and match no route, are answered in this dialect's error shape. */
  List<String> basePaths();

  ErrorShape errors();

  List<ApiRoute> routes();

  /**
   * Told of every caller who is known and asks for one of the routes, before what the route needs
   * is looked at. A dialect with a rate limit of its own counts here, and fails when it is passed.
   */
  default void met(Principal caller, HttpServerResponse response) {}

  /** Whether the last part of the path is matched without regard to case. */
  default boolean caseInsensitive() {
    return false;
  }

  /**
   * For a dialect whose paths are no fixed templates, and which therefore finds its routes itself.
   *
   * @return null for a dialect whose routes are matched by their paths
   */
  default @Nullable RouteFinder finder() {
    return null;
  }

  /** Finds the routes of a path. */
  @FunctionalInterface
  interface RouteFinder {
    /**
     * @param path as it was sent, percent-encoded
     * @return the routes by method; null when the path is not of this dialect, empty when it is but
     *     leads nowhere
     */
    @Nullable Map<HttpMethod, ApiRoute> at(String path);
  }
}
