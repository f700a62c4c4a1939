package dev.curfew.grant;

import dev.curfew.outbound.OutboundAnswer;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.OutboundRequest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;

/**
 * The AWS SDK's way out: through {@link OutboundClient}, so that an endpoint that a customer
 * configures is guarded like every other target.
 */
final class OutboundSdkClient implements SdkAsyncHttpClient {
  /** Set by the client itself, to the same values. */
  private static final Set<String> OWN_HEADERS = Set.of("host", "content-length", "expect");

  private final OutboundClient outbound;

  OutboundSdkClient(OutboundClient outbound) {
    this.outbound = outbound;
  }

  @Override
  public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
    Buffer body = Buffer.buffer();
    CompletableFuture<Void> done =
        SdkPublisher.adapt(request.requestContentPublisher())
            .subscribe(
                part -> {
                  byte[] bytes = new byte[part.remaining()];
                  part.get(bytes);
                  body.appendBytes(bytes);
                })
            .thenCompose(
                read -> outbound.send(outboundRequest(request.request(), body)).toCompletionStage())
            .thenAccept(answer -> deliver(answer, request));
    done.whenComplete(
        (none, failure) -> {
          if (failure != null) {
            request.responseHandler().onError(failure);
          }
        });
    return done;
  }

  private static OutboundRequest outboundRequest(SdkHttpRequest request, Buffer body) {
    Map<String, List<String>> headers = new HashMap<>();
    request.forEachHeader(
        (name, values) -> {
          if (!OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            headers.put(name, values);
          }
        });
    return new OutboundRequest(
        HttpMethod.valueOf(request.method().name()), request.getUri(), headers, body);
  }

  private static void deliver(OutboundAnswer answer, AsyncExecuteRequest request) {
    SdkHttpFullResponse.Builder response =
        SdkHttpFullResponse.builder().statusCode(answer.status());
    answer.headers().forEach(header -> response.appendHeader(header.getKey(), header.getValue()));
    request.responseHandler().onHeaders(response.build());
    request.responseHandler().onStream(AsyncRequestBody.fromBytes(answer.body().getBytes()));
  }

  @Override
  public String clientName() {
    return "Curfew";
  }

  /** The outbound client is closed by who opened it. */
  @Override
  public void close() {
    // Nothing of its own is open.
  }
}
