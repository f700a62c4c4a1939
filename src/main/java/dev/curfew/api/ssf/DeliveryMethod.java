package dev.curfew.api.ssf;

import dev.curfew.api.Fields;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.signals.StreamDelivery;

/** How tokens reach a receiver, by the URN of the specification that says it. */
enum DeliveryMethod {
  PUSH("urn:ietf:rfc:8935"),
  POLL("urn:ietf:rfc:8936");

  private static final int LONGEST_URL = 2_048;

  private final String urn;

  DeliveryMethod(String urn) {
    this.urn = urn;
  }

  String urn() {
    return urn;
  }

  /** What the field {@code delivery} asks for; polling where there is none. */
  static StreamDelivery delivery(Fields body) {
    if (!body.has("delivery")) {
      return StreamDelivery.POLL;
    }
    Fields delivery = body.object("delivery");
    String method = delivery.text("method", 256);
    if (method.equals(POLL.urn)) {
      return StreamDelivery.POLL;
    }
    if (!method.equals(PUSH.urn)) {
      throw CurfewException.invalid("delivery.method", "must be " + PUSH.urn + " or " + POLL.urn);
    }
    String url = delivery.text("endpoint_url", LONGEST_URL);
    String authorization = delivery.optionalText("authorization_header");
    return new StreamDelivery(url, authorization == null ? null : Secret.of(authorization));
  }
}
