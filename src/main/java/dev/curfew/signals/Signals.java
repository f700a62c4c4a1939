package dev.curfew.signals;

import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.config.CurfewConfig;
import dev.curfew.delivery.Channel;
import dev.curfew.directory.SigningKeys;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.store.Database;
import dev.curfew.store.DeliveryStore;
import dev.curfew.store.EventStore;
import dev.curfew.store.SignalStreamStore;
import dev.curfew.store.SignalSubjectStore;
import io.vertx.core.Vertx;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The transmitter of a node.
 *
 * @param issuer of the tokens, as in access tokens
 * @param waitingRoom to be deployed before anybody polls
 * @param channels the channel of the engine that pushes, over the client that it calls out by
 */
public record Signals(
    String issuer,
    Streams streams,
    StreamSubjects subjects,
    Verifications verifications,
    PollDesk polls,
    WaitingRoom waitingRoom,
    Function<OutboundClient, Channel> channels) {

  /**
   * @param clock the cluster's, in epoch milliseconds
   */
  public static Signals of(
      Vertx vertx,
      Database database,
      Bus bus,
      SigningKeys keys,
      SecretBox secrets,
      TargetGuard targets,
      LongSupplier clock,
      CurfewConfig config) {
    String issuer = config.auth().issuer();
    SignalStreamStore store = new SignalStreamStore(database);
    DeliveryStore deliveries = new DeliveryStore(database);
    EventTokens tokens = new EventTokens(vertx, keys, issuer, clock);
    Streams streams =
        new Streams(store, deliveries, new EventStore(database), targets, secrets, bus);
    WaitingRoom room = new WaitingRoom(store, bus);
    return new Signals(
        issuer,
        streams,
        new StreamSubjects(streams, new SignalSubjectStore(database), issuer),
        new Verifications(streams, config.ssf().minVerificationInterval()),
        new PollDesk(streams, deliveries, tokens, room, bus, config.ssf().longestPoll()),
        room,
        outbound -> new PushChannel(store, tokens, secrets, outbound, clock));
  }
}
