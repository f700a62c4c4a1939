package dev.curfew.directory;

import io.vertx.core.Future;

final class NotYet {
  private NotYet() {}

  static <T> Future<T> here() {
    return Future.failedFuture(new UnsupportedOperationException("under construction"));
  }
}
