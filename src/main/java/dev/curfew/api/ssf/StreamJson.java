package dev.curfew.api.ssf;

import dev.curfew.api.Fields;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.SignalStream;
import dev.curfew.signals.Streams;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * Streams as the specification writes them (section 8.1.1). The secret of a push target is never
 * shown.
 */
final class StreamJson {
  /** What receivers may repeat but not change. */
  private static final List<String> TRANSMITTER_SUPPLIED =
      List.of("iss", "aud", "events_supported", "events_delivered", "min_verification_interval");

  private final Endpoints endpoints;
  private final Duration verificationInterval;

  StreamJson(Endpoints endpoints, Duration verificationInterval) {
    this.endpoints = endpoints;
    this.verificationInterval = verificationInterval;
  }

  JsonObject of(SignalStream stream) {
    JsonObject json =
        new JsonObject()
            .put("stream_id", stream.id().toString())
            .put("iss", endpoints.issuer())
            .put("aud", stream.receiver().toString())
            .put("delivery", delivery(stream))
            .put("events_supported", new JsonArray(Streams.SUPPORTED))
            .put("events_delivered", new JsonArray(Streams.delivered(stream)))
            .put("min_verification_interval", verificationInterval.toSeconds());
    List<String> requested = stream.eventsRequested();
    if (requested != null) {
      json.put("events_requested", new JsonArray(requested));
    }
    if (stream.description() != null) {
      json.put("description", stream.description());
    }
    return json;
  }

  private JsonObject delivery(SignalStream stream) {
    return stream.pushed()
        ? new JsonObject()
            .put("method", DeliveryMethod.PUSH.urn())
            .put("endpoint_url", stream.endpointUrl())
        : new JsonObject()
            .put("method", DeliveryMethod.POLL.urn())
            .put("endpoint_url", endpoints.poll(stream.id()));
  }

  /**
   * A change may repeat what the transmitter supplies, as it is before the change; anything else in
   * its place is INVALID_FIELD (sections 8.1.1.3 and 8.1.1.4).
   */
  void requireUnchanged(Fields body, SignalStream stream) {
    JsonObject now = of(stream);
    for (String field : TRANSMITTER_SUPPLIED) {
      if (body.has(field) && !isSame(body.json().getValue(field), now.getValue(field))) {
        throw CurfewException.invalid(field, "must be absent or as it is");
      }
    }
    Fields delivery = body.object("delivery");
    String url = delivery.optionalText("endpoint_url");
    boolean polled = DeliveryMethod.POLL.urn().equals(delivery.optionalText("method"));
    if (polled && url != null && !url.equals(endpoints.poll(stream.id()))) {
      throw CurfewException.invalid("delivery.endpoint_url", "must be absent or as it is");
    }
  }

  /** Numbers are compared by value: JSON has one kind of them. */
  private static boolean isSame(Object given, Object known) {
    return given instanceof Number a && known instanceof Number b
        ? a.doubleValue() == b.doubleValue()
        : given.equals(known);
  }
}
