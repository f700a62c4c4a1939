package dev.curfew;

import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.cluster.Membership;
import dev.curfew.config.CurfewConfig;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.store.Database;
import io.vertx.core.Vertx;

/** What all parts of a node stand on. */
record NodeBasis(
    Vertx vertx,
    CurfewConfig config,
    Database database,
    ClusterClock clock,
    Membership membership,
    Bus bus,
    SecretBox secrets,
    TargetGuard targets) {}
