package dev.curfew.outbound;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * A call to make.
 *
 * @param headers beside {@code Host} and {@code Content-Length}
 */
public record OutboundRequest(
    HttpMethod method, URI url, Map<String, List<String>> headers, Buffer body) {
  public OutboundRequest {
    headers = Map.copyOf(headers);
  }
}
