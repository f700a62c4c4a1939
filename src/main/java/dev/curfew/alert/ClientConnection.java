package dev.curfew.alert;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;

/** The connection that a request came on. */
final class ClientConnection {
  private ClientConnection() {}

  /** Ends it at once, whatever is under way to the client; of HTTP/2, this request's stream. */
  static void cut(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset();
      return;
    }
    // Past every handler: they would first write out what is under way, which can take for ever.
    ((HttpServerConnection) request.connection())
        .channelHandlerContext()
        .pipeline()
        .firstContext()
        .close();
  }
}
