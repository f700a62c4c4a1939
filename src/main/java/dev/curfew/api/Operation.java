package dev.curfew.api;

import io.vertx.core.Future;

/** How a route answers, once the caller is let in and the body is read. */
@FunctionalInterface
public interface Operation {
  Future<Answer> run(Exchange exchange);
}
