package dev.curfew.delivery;

import dev.curfew.alert.EventEnvelope;
import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.outbound.WebhookSignature;
import dev.curfew.realm.WebhookSubscription;
import dev.curfew.store.DueDelivery;
import dev.curfew.store.LoggedEvent;
import dev.curfew.store.WebhookStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks: an event as every channel shows it, CloudEvents in structured JSON, signed as Standard
 * Webhooks asks. Where a subscription leads is looked up again whenever its settings have changed.
 */
public final class WebhookChannel implements Channel {
  private static final String CONTENT_TYPE = "application/cloudevents+json";
  private static final int MOST_REMEMBERED = 10_000;

  /**
   * A subscription's settings, ready for use.
   *
   * @param previousUntil epoch milliseconds
   */
  private record Endpoint(
      long revision,
      URI url,
      WebhookSecret secret,
      @Nullable WebhookSecret previous,
      long previousUntil) {

    List<WebhookSecret> secrets(long now) {
      WebhookSecret old = previous;
      return old != null && now < previousUntil ? List.of(secret, old) : List.of(secret);
    }
  }

  private final WebhookStore store;
  private final SecretBox secrets;
  private final OutboundClient outbound;
  private final LongSupplier clock;
  private final Map<UUID, Endpoint> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Endpoint> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  public WebhookChannel(
      WebhookStore store, SecretBox secrets, OutboundClient outbound, LongSupplier clock) {
    this.store = store;
    this.secrets = secrets;
    this.outbound = outbound;
    this.clock = clock;
  }

  @Override
  public String kind() {
    return WebhookStore.KIND;
  }

  @Override
  public Future<Attempt> send(DueDelivery due) {
    Endpoint known = remembered.get(due.laneId());
    return known != null && known.revision() == due.revision()
        ? send(due, known)
        : endpoint(due.laneId())
            .compose(
                endpoint ->
                    endpoint == null
                        ? Future.succeededFuture(
                            new Attempt.Refused(null, "The subscription was deleted"))
                        : send(due, endpoint));
  }

  private Future<@Nullable Endpoint> endpoint(UUID id) {
    return store
        .target(id)
        .map(
            found -> {
              if (found.isEmpty()) {
                return null;
              }
              WebhookStore.Target target = found.get();
              SealedSecret previous = target.previous();
              Endpoint endpoint =
                  new Endpoint(
                      target.revision(),
                      TargetGuard.parse("url", target.url()),
                      open(target.secret(), id),
                      previous == null ? null : open(previous, id),
                      target.previousUntil());
              remembered.put(id, endpoint);
              return endpoint;
            });
  }

  private WebhookSecret open(SealedSecret sealed, UUID id) {
    return WebhookSecret.parse(
        "secret", secrets.unseal(sealed, WebhookSubscription.secretPlace(id)));
  }

  private Future<Attempt> send(DueDelivery due, Endpoint endpoint) {
    long now = clock.getAsLong();
    Buffer body = Buffer.buffer(body(due));
    Map<String, String> headers =
        new HashMap<>(
            WebhookSignature.headers(due.messageId(), now / 1000, body, endpoint.secrets(now)));
    headers.put("content-type", CONTENT_TYPE);
    headers.put("user-agent", "Curfew");
    return outbound
        .post(endpoint.url(), headers, body)
        .map(answer -> HttpAttempt.of(answer, clock.getAsLong()));
  }

  private static String body(DueDelivery due) {
    LoggedEvent event = due.event();
    String payload = due.payload();
    return event != null
        ? EventEnvelope.of(event)
        : EventEnvelope.of(
            due.messageId(),
            due.realm(),
            due.type(),
            null,
            due.createdAt(),
            payload == null ? "{}" : payload);
  }
}
