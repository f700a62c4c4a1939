package dev.curfew.signals;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.config.Secret;
import dev.curfew.directory.FieldRules;
import dev.curfew.directory.PageRequest;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.realm.Delivery;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.Page;
import dev.curfew.realm.SignalStream;
import dev.curfew.store.DeliveryStore;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventStore;
import dev.curfew.store.SignalStreamStore;
import dev.curfew.store.SignalStreamStore.DeliveryRow;
import dev.curfew.store.SignalStreamStore.Owned;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Streams, as their receivers make and change them. A stream carries the events of its receiver's
 * realm, and is known to its receiver alone: to others it is NOT_FOUND.
 */
public final class Streams {
  /** Types of events that a receiver can ask for. */
  public static final List<String> SUPPORTED = List.of(SessionRevoked.TYPE);

  /** Streams of one receiver; each costs a lane. */
  private static final int MOST = 10;

  private static final int MOST_TYPES = 64;
  private static final int LONGEST_TYPE = 512;
  private static final int LONGEST_DESCRIPTION = 1_024;
  private static final int LONGEST_REASON = 1_024;
  private static final int LONGEST_HEADER = 4_096;

  private final SignalStreamStore store;
  private final DeliveryStore deliveries;
  private final EventStore log;
  private final TargetGuard guard;
  private final SecretBox secrets;
  private final Bus bus;

  Streams(
      SignalStreamStore store,
      DeliveryStore deliveries,
      EventStore log,
      TargetGuard guard,
      SecretBox secrets,
      Bus bus) {
    this.store = store;
    this.deliveries = deliveries;
    this.log = log;
    this.guard = guard;
    this.secrets = secrets;
    this.bus = bus;
  }

  /** The types that a stream carries: those that there are and that its receiver asked for. */
  public static List<String> delivered(SignalStream stream) {
    return delivered(stream.eventsRequested());
  }

  private static List<String> delivered(@Nullable List<String> requested) {
    return requested == null ? SUPPORTED : SUPPORTED.stream().filter(requested::contains).toList();
  }

  /** What of the log makes such a stream's tokens. */
  private static Set<String> types(@Nullable List<String> requested) {
    return delivered(requested).isEmpty() ? Set.of() : SessionRevoked.CAUSES;
  }

  /**
   * Makes a stream, enabled, of what happens from now on.
   *
   * @return fails with INVALID_FIELD, ALREADY_EXISTS when the receiver has as many as it may
   */
  public Future<SignalStream> create(Principal by, StreamSettings settings) {
    UUID id = UUID.randomUUID();
    List<String> requested = requested(settings.eventsRequested());
    String description = description(settings.description());
    return row(id, settings.delivery())
        .compose(
            delivery ->
                store.insert(
                    by,
                    new SignalStreamStore.NewRow(
                        id, delivery, requested, types(requested), description),
                    MOST))
        .map(
            made ->
                made.orElseThrow(
                    () ->
                        CurfewException.of(
                            ErrorCode.ALREADY_EXISTS,
                            "You have " + MOST + " streams, which is as many as there may be")))
        .onSuccess(made -> changed());
  }

  /** The caller's streams, oldest first. */
  public Future<List<SignalStream>> list(Principal by) {
    return store.list(by);
  }

  /**
   * @return fails with NOT_FOUND
   */
  public Future<SignalStream> get(Principal by, UUID id) {
    return store.find(id, by).map(found -> own(by, id, found));
  }

  private static SignalStream own(Principal by, UUID id, Optional<Owned> found) {
    String what = "Stream " + id;
    Owned owned = found.orElseThrow(() -> CurfewException.notFound(what));
    Authorisation.requireReceiver(by, owned.stream().realmId(), owned.own(), what);
    return owned.stream();
  }

  /**
   * Changes some of what the receiver said. The secret of a push target is kept where the change
   * names none and the target stays the same; it never goes along to another target.
   *
   * @return fails with NOT_FOUND, INVALID_FIELD
   */
  public Future<SignalStream> change(Principal by, UUID id, StreamChange change) {
    List<String> requested = requested(change.eventsRequested());
    String description = description(change.description());
    StreamDelivery delivery = change.delivery();
    return get(by, id)
        .compose(
            mine ->
                delivery == null
                    ? Future.succeededFuture(Optional.<DeliveryRow>empty())
                    : row(id, delivery).map(Optional::of))
        .compose(
            row ->
                change(
                    by,
                    id,
                    new SignalStreamStore.Change(
                        row.orElse(null),
                        true,
                        requested != null,
                        requested,
                        types(requested),
                        description != null,
                        description)));
  }

  /**
   * Replaces all that the receiver said; what is not said again is gone, the secret of a push
   * target too.
   *
   * @return fails with NOT_FOUND, INVALID_FIELD
   */
  public Future<SignalStream> replace(Principal by, UUID id, StreamSettings settings) {
    List<String> requested = requested(settings.eventsRequested());
    String description = description(settings.description());
    return get(by, id)
        .compose(mine -> row(id, settings.delivery()))
        .compose(
            row ->
                change(
                    by,
                    id,
                    new SignalStreamStore.Change(
                        row, false, true, requested, types(requested), true, description)));
  }

  private Future<SignalStream> change(Principal by, UUID id, SignalStreamStore.Change change) {
    return store
        .change(id, by, change)
        .map(found -> own(by, id, found))
        .onSuccess(stream -> changed());
  }

  /**
   * Enables, pauses or disables a stream. A paused one is sent later what happens meanwhile; a
   * disabled one loses that, and what it held.
   *
   * @param reason why, for whoever asks; null for no reason
   * @return fails with NOT_FOUND, INVALID_FIELD
   */
  public Future<SignalStream> changeState(
      Principal by, UUID id, LaneState state, @Nullable String reason) {
    String why = FieldRules.optionalText("reason", reason, LONGEST_REASON);
    return get(by, id)
        .compose(mine -> log.last())
        .compose((EventCursor end) -> store.changeState(id, by, state, why, end))
        .map(found -> own(by, id, found))
        .onSuccess(stream -> changed());
  }

  /** Ends a stream, with what it holds. Ending it again is NOT_FOUND. */
  public Future<Void> delete(Principal by, UUID id) {
    return get(by, id)
        .compose(mine -> store.delete(id, by))
        .map(
            deleted -> {
              if (!deleted) {
                throw CurfewException.notFound("Stream " + id);
              }
              changed();
              return null;
            });
  }

  /**
   * Has a verification event sent over a stream, behind what it holds.
   *
   * @param payload the event, as JSON
   * @param interval that must have passed since it was last asked for
   * @return fails with NOT_FOUND, INVALID_FIELD for a disabled stream, RATE_LIMITED
   */
  Future<Void> verify(
      Principal by, UUID id, Duration interval, String messageId, String type, String payload) {
    return get(by, id)
        .compose(
            stream -> {
              if (stream.state() == LaneState.DISABLED) {
                throw CurfewException.invalid("stream_id", "must not be of a disabled stream");
              }
              return store.verify(id, interval, messageId, type, payload);
            })
        .map(
            queued -> {
              if (!queued) {
                throw CurfewException.rateLimited(
                    "A stream is verified once in " + interval.toSeconds() + " s", interval);
              }
              changed();
              return null;
            });
  }

  /** What a stream holds, has delivered and has given up, newest first, with the attempts. */
  public Future<Page<Delivery>> deliveries(
      Principal by, UUID id, Delivery.@Nullable State state, PageRequest page) {
    @Nullable Long before = page.key(Long::valueOf).orElse(null);
    return get(by, id)
        .compose(mine -> deliveries.list(id, state, before, page.rows()))
        .map(rows -> page.page(rows, Delivery::number));
  }

  /** The type of event that a message of a stream brings. */
  public static String event(Delivery delivery) {
    return delivery.eventId() == null ? delivery.type() : SessionRevoked.TYPE;
  }

  private void changed() {
    bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
  }

  private Future<DeliveryRow> row(UUID id, StreamDelivery delivery) {
    String url = delivery.endpointUrl();
    if (url == null) {
      return Future.succeededFuture(new DeliveryRow(null, null));
    }
    SealedSecret sealed = sealed(id, delivery.authorization());
    return guard
        .admit("delivery.endpoint_url", url)
        .map(admitted -> new DeliveryRow(admitted.toString(), sealed));
  }

  private @Nullable SealedSecret sealed(UUID id, @Nullable Secret authorization) {
    if (authorization == null) {
      return null;
    }
    String value = authorization.reveal();
    String field = "delivery.authorization_header";
    if (value.isBlank() || value.length() > LONGEST_HEADER) {
      throw CurfewException.invalid(field, "must be from 1 to " + LONGEST_HEADER + " characters");
    }
    if (value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw CurfewException.invalid(field, "must be of visible characters of ASCII");
    }
    return secrets.seal(authorization, secretPlace(id));
  }

  static String secretPlace(UUID id) {
    return "signal-stream/" + id;
  }

  private static @Nullable List<String> requested(@Nullable List<String> types) {
    if (types == null) {
      return null;
    }
    if (types.size() > MOST_TYPES) {
      throw CurfewException.invalid(
          "events_requested", "must have at most " + MOST_TYPES + " elements");
    }
    types.forEach(type -> FieldRules.text("events_requested", type, LONGEST_TYPE));
    return types;
  }

  private static @Nullable String description(@Nullable String description) {
    return FieldRules.optionalText("description", description, LONGEST_DESCRIPTION);
  }
}
