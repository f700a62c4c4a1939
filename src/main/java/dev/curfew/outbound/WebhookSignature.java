package dev.curfew.outbound;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The headers by which a receiver knows that a webhook is ours, fresh and not seen before. */
public final class WebhookSignature {
  private static final String VERSION = "v1,";

  private WebhookSignature() {}

  /**
   * The headers of one sending.
   *
   * @param id the same for every attempt to deliver the same thing
   * @param timestampSeconds when this attempt is made, in epoch seconds
   * @param body exactly as it is sent
   * @param secrets one, or during a rotation the new and the old one; none leaves the signature out
   */
  public static Map<String, String> headers(
      String id, long timestampSeconds, Buffer body, List<WebhookSecret> secrets) {
    String timestamp = Long.toString(timestampSeconds);
    if (secrets.isEmpty()) {
      return Map.of("webhook-id", id, "webhook-timestamp", timestamp);
    }
    byte[] signed =
        Buffer.buffer((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8))
            .appendBuffer(body)
            .getBytes();
    return Map.of(
        "webhook-id",
        id,
        "webhook-timestamp",
        timestamp,
        "webhook-signature",
        secrets.stream()
            .map(secret -> VERSION + secret.sign(signed))
            .collect(Collectors.joining(" ")));
  }
}
