package dev.curfew.signals;

import dev.curfew.auth.Principal;
import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.directory.FieldRules;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.SignalStream;
import dev.curfew.store.DeliveryStore;
import dev.curfew.store.DeliveryStore.Taken;
import dev.curfew.store.DueDelivery;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Hands tokens to receivers that ask for them (RFC 8936). A token is handed out, to as many polls
 * as come, until it is acknowledged or refused; a lost acknowledgement therefore costs nothing but
 * a repetition.
 */
public final class PollDesk {
  /** Tokens in one answer; signing them is what it costs. */
  private static final int MOST = 256;

  private static final int LONGEST_ID = 1_024;
  private static final String FORGOTTEN = "The event log has forgotten the event";

  private final Streams streams;
  private final DeliveryStore deliveries;
  private final EventTokens tokens;
  private final WaitingRoom room;
  private final Bus bus;
  private final Duration longest;

  /**
   * @param longest time that a poll waits
   */
  PollDesk(
      Streams streams,
      DeliveryStore deliveries,
      EventTokens tokens,
      WaitingRoom room,
      Bus bus,
      Duration longest) {
    this.streams = streams;
    this.deliveries = deliveries;
    this.tokens = tokens;
    this.room = room;
    this.bus = bus;
    this.longest = longest;
  }

  /**
   * Takes what the receiver says of earlier tokens, then hands out what the stream holds; while it
   * holds nothing, or is not enabled, waits if the receiver wants to.
   *
   * @param gone completes when the receiver is no longer there
   * @return fails with NOT_FOUND for a stream that is not the caller's, or is pushed
   */
  public Future<PolledTokens> poll(
      Principal by, UUID streamId, PollRequest request, Future<?> gone) {
    long until = System.nanoTime() + (request.returnImmediately() ? 0 : longest.toNanos());
    return polled(by, streamId)
        .compose(stream -> settle(streamId, request))
        .compose(settled -> handOut(by, streamId, request.maxEvents(), until, gone));
  }

  private Future<SignalStream> polled(Principal by, UUID streamId) {
    return streams
        .get(by, streamId)
        .map(
            stream -> {
              if (stream.pushed()) {
                throw CurfewException.notFound("A polled stream " + streamId);
              }
              return stream;
            });
  }

  private Future<?> settle(UUID streamId, PollRequest request) {
    List<Taken> taken = new ArrayList<>();
    request
        .errors()
        .forEach((jti, error) -> taken.add(new Taken(wellFormed("setErrs", jti), error)));
    for (String jti : request.acknowledged()) {
      if (!request.errors().containsKey(jti)) {
        taken.add(new Taken(wellFormed("ack", jti), null));
      }
    }
    return settle(streamId, taken);
  }

  /** Nothing else could be looked up. */
  private static String wellFormed(String field, String jti) {
    return FieldRules.text(field, jti, LONGEST_ID);
  }

  private Future<?> settle(UUID streamId, List<Taken> taken) {
    return taken.isEmpty()
        ? Future.succeededFuture()
        : deliveries
            .settle(streamId, taken)
            // There is room for more of the log.
            .onSuccess(settled -> bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE));
  }

  private Future<PolledTokens> handOut(
      Principal by, UUID streamId, int most, long until, Future<?> gone) {
    if (most == 0) {
      return Future.succeededFuture(PolledTokens.NONE);
    }
    return polled(by, streamId)
        .compose(
            stream ->
                stream.state() == LaneState.ENABLED
                    ? take(stream, Math.min(most, MOST))
                    : Future.succeededFuture(PolledTokens.NONE))
        .compose(
            found -> {
              Duration left = Duration.ofNanos(until - System.nanoTime());
              return !found.tokens().isEmpty() || left.toMillis() <= 0 || gone.isComplete()
                  ? Future.succeededFuture(found)
                  : room.await(streamId, left, gone)
                      .compose(called -> handOut(by, streamId, most, until, gone));
            });
  }

  private Future<PolledTokens> take(SignalStream stream, int most) {
    return deliveries
        .pending(stream.id(), most + 1)
        .compose(
            held -> {
              List<Taken> lost = new ArrayList<>();
              List<DueDelivery> whole = new ArrayList<>();
              for (DueDelivery due : held.subList(0, Math.min(most, held.size()))) {
                if (EventTokens.isLost(due)) {
                  lost.add(new Taken(due.messageId(), FORGOTTEN));
                } else {
                  whole.add(due);
                }
              }
              return settle(stream.id(), lost)
                  .compose(settled -> tokens.sign(whole, stream.receiver()))
                  .map(signed -> new PolledTokens(byId(whole, signed), held.size() > most));
            });
  }

  private static Map<String, String> byId(List<DueDelivery> messages, List<String> signed) {
    Map<String, String> tokens = new LinkedHashMap<>();
    for (int i = 0; i < signed.size(); i++) {
      tokens.put(messages.get(i).messageId(), signed.get(i));
    }
    return tokens;
  }
}
