package dev.curfew.api;

import dev.curfew.auth.Principal;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;

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
}
