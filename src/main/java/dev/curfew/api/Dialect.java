package dev.curfew.api;

import java.util.List;

/** A set of calls that share a base path and an error shape. */
public interface Dialect {
  /** Name of the dialect and of its OpenAPI document. */
  String name();

  /** Paths that begin so, and match no route, are answered in this dialect's error shape. */
  List<String> basePaths();

  ErrorShape errors();

  List<ApiRoute> routes();

  /** Whether the last part of the path is matched without regard to case. */
  default boolean caseInsensitive() {
    return false;
  }
}
