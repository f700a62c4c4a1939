package dev.curfew;

import dev.curfew.api.am.AgentChannel;
import dev.curfew.delivery.DeliveryEngine;
import dev.curfew.delivery.WebhookChannel;
import dev.curfew.directory.Directory;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.signals.Signals;
import dev.curfew.store.Database;
import dev.curfew.store.DeliverySweep;
import dev.curfew.store.LaneLeases;
import dev.curfew.store.LaneQueue;
import dev.curfew.store.WebhookStore;
import java.util.List;
import java.util.UUID;

/**
 * The side of a node that pushes to customers' addresses.
 *
 * @param outbound the client of deliveries alone, to be closed after the engine: with that of
 *     resource rules a target that hangs would hold up its neighbours
 */
record DeliveryParts(OutboundClient outbound, DeliveryEngine engine) {

  static DeliveryParts open(NodeBasis basis, Directory directory, Signals signals) {
    Database database = basis.database();
    DeliveryEngine.Options options =
        DeliveryEngine.Options.keeping(basis.config().webhooks().keepDeliveries());
    OutboundClient outbound =
        OutboundClient.open(
            basis.vertx(), basis.targets(), OutboundClient.TIMEOUT, options.concurrency());
    // Another life of this node is another holder: what the one before left is taken over.
    String holder = basis.config().node().name() + "/" + UUID.randomUUID();
    DeliveryEngine engine =
        new DeliveryEngine(
            new LaneLeases(database, holder),
            new LaneQueue(database, holder),
            new DeliverySweep(database),
            basis.bus(),
            List.of(
                new WebhookChannel(
                    new WebhookStore(database), basis.secrets(), outbound, basis.clock()::now),
                new AgentChannel(directory.sessionListeners(), outbound, basis.clock()::now),
                signals.channels().apply(outbound)),
            options);
    return new DeliveryParts(outbound, engine);
  }
}
