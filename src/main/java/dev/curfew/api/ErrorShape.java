package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import io.vertx.core.http.HttpServerRequest;

/** How a dialect tells of a failure. */
@FunctionalInterface
public interface ErrorShape {
  Answer of(CurfewException failure, HttpServerRequest request);
}
