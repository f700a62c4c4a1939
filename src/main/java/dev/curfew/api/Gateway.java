package dev.curfew.api;

import dev.curfew.alert.EventFeed;
import dev.curfew.alert.EventStreams;
import dev.curfew.audit.Audit;
import dev.curfew.bus.Claims;
import dev.curfew.bus.Sessions;
import dev.curfew.cluster.ClusterStatus;
import dev.curfew.config.CurfewConfig;
import dev.curfew.directory.Directory;
import dev.curfew.recording.Recordings;
import dev.curfew.signals.Signals;
import dev.curfew.storage.StoreState;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All that a dialect may reach.
 *
 * @param sessions the way to live sessions
 * @param storage the stores of this node's recordings, as they were last found
 * @param departure ends what somebody waits for when the node leaves
 * @param clock the cluster's time in epoch milliseconds
 */
public record Gateway(
    Sessions sessions,
    Directory directory,
    Recordings recordings,
    Claims claims,
    EventFeed events,
    EventStreams eventStreams,
    Signals signals,
    Audit audit,
    Supplier<List<StoreState>> storage,
    ClusterStatus cluster,
    Departure departure,
    LongSupplier clock,
    CurfewConfig config) {}
