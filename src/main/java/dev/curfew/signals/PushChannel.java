package dev.curfew.signals;

import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.delivery.Attempt;
import dev.curfew.delivery.Channel;
import dev.curfew.delivery.HttpAttempt;
import dev.curfew.outbound.OutboundAnswer;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.store.DueDelivery;
import dev.curfew.store.SignalStreamStore;
import dev.curfew.store.SignalStreamStore.Target;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Pushes tokens to receivers (RFC 8935). */
final class PushChannel implements Channel {
  private static final int BAD_REQUEST = 400;

  private final SignalStreamStore store;
  private final EventTokens tokens;
  private final SecretBox secrets;
  private final OutboundClient receivers;
  private final LongSupplier clock;

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  PushChannel(
      SignalStreamStore store,
      EventTokens tokens,
      SecretBox secrets,
      OutboundClient receivers,
      LongSupplier clock) {
    this.store = store;
    this.tokens = tokens;
    this.secrets = secrets;
    this.receivers = receivers;
    this.clock = clock;
  }

  @Override
  public String kind() {
    return SignalStreamStore.KIND;
  }

  /**
   * One transmission. A receiver's account that has ended disables the stream: what it was told may
   * be told to nobody any more.
   */
  @Override
  public Future<Attempt> send(DueDelivery due) {
    return store.target(due.laneId()).compose(target -> send(due, target));
  }

  private Future<Attempt> send(DueDelivery due, Optional<Target> found) {
    if (found.isEmpty()) {
      // Changed or deleted a moment ago; whoever drives the lane is about to hear of it.
      return Future.succeededFuture(new Attempt.Failed(null, "The stream is not pushed", null));
    }
    Target target = found.get();
    if (!target.receiverLives()) {
      return Future.succeededFuture(new Attempt.Gone(null, "The receiver's account has ended"));
    }
    return tokens
        .sign(List.of(due), target.receiver())
        .compose(
            signed ->
                receivers.post(
                    URI.create(target.endpointUrl()),
                    headers(due, target.authorization()),
                    Buffer.buffer(signed.get(0))))
        .map(this::attempt);
  }

  private Map<String, String> headers(DueDelivery due, @Nullable SealedSecret authorization) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/secevent+jwt");
    headers.put("Accept", "application/json");
    if (authorization != null) {
      headers.put(
          "Authorization",
          secrets.unseal(authorization, Streams.secretPlace(due.laneId())).reveal());
    }
    return headers;
  }

  /**
   * The RFC's own refusal is final; whatever else may pass. So may 410: a stream is disabled by its
   * receiver, or else the receiver would have to be told (Shared Signals Framework, section 8.1.5).
   */
  private Attempt attempt(OutboundAnswer answer) {
    int status = answer.status();
    String refusal = status == BAD_REQUEST ? refusal(answer) : null;
    if (refusal != null) {
      return new Attempt.Refused(status, refusal);
    }
    Attempt usual = HttpAttempt.of(answer, clock.getAsLong());
    return usual instanceof Attempt.Gone
        ? new Attempt.Failed(status, "The target answered " + status, null)
        : usual;
  }

  /** What is wrong with the token, in the receiver's words; null where it does not say. */
  private static @Nullable String refusal(OutboundAnswer answer) {
    try {
      JsonObject body = answer.body().toJsonObject();
      return body.getValue("err") instanceof String error
          ? SetError.text(error, body.getValue("description"))
          : null;
    } catch (DecodeException | ClassCastException notTheRfcs) {
      return null;
    }
  }
}
