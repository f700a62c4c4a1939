package dev.curfew.worker;

import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.util.function.Function;

/** The way from an encoder to its node, on which things go wrong as a test wants them to. */
final class TroubledLine implements AutoCloseable {
  /** What becomes of one request. */
  enum Trouble {
    NONE,
    /** 503, asking to be left alone for a second. */
    AWAY,
    /** 429, likewise. */
    BUSY,
    DEFECT,
    /** The connection is closed without an answer; the node never hears of the request. */
    CUT,
    /** The node does what is asked; its answer breaks off in the middle. */
    CUT_IN_ANSWER
  }

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private final String node;
  private final Function<HttpServerRequest, Trouble> plan;
  private final int port;

  TroubledLine(String node, Function<HttpServerRequest, Trouble> plan) {
    this.node = node;
    this.plan = plan;
    this.port =
        Await.result(vertx.createHttpServer().requestHandler(this::request).listen(0, "127.0.0.1"))
            .actualPort();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  private void request(HttpServerRequest request) {
    Trouble trouble = plan.apply(request);
    switch (trouble) {
      case AWAY -> refuse(request, 503);
      case BUSY -> refuse(request, 429);
      case DEFECT -> refuse(request, 500);
      case CUT -> request.connection().close();
      default -> pass(request, trouble == Trouble.CUT_IN_ANSWER);
    }
  }

  private static void refuse(HttpServerRequest request, int status) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("Retry-After", "1")
        .end("{\"message\":\"trouble\"}");
  }

  private void pass(HttpServerRequest request, boolean cut) {
    RequestOptions options =
        new RequestOptions().setAbsoluteURI(node + request.uri()).setMethod(request.method());
    request
        .headers()
        .forEach(
            header -> {
              if (!header.getKey().equalsIgnoreCase("host")) {
                options.putHeader(header.getKey(), header.getValue());
              }
            });
    request
        .body()
        .compose(body -> client.request(options).compose(to -> to.send(body)))
        .compose(answer -> answer.body().compose(body -> answer(request, answer, body, cut)))
        .onFailure(failure -> request.connection().close());
  }

  private static Future<Void> answer(
      HttpServerRequest request, HttpClientResponse answer, Buffer body, boolean cut) {
    request.response().setStatusCode(answer.statusCode());
    request.response().headers().setAll(answer.headers());
    if (!cut) {
      return request.response().end(body);
    }
    request.response().putHeader("Content-Length", Integer.toString(body.length()));
    return request
        .response()
        .write(body.slice(0, body.length() / 2))
        .compose(half -> request.connection().close());
  }

  @Override
  public void close() {
    Await.result(vertx.close());
  }
}
