package dev.curfew.api;

import dev.curfew.alert.EventFeed;
import dev.curfew.alert.EventStreams;
import dev.curfew.bus.Claims;
import dev.curfew.bus.Sessions;
import dev.curfew.config.CurfewConfig;
import dev.curfew.directory.Directory;
import dev.curfew.recording.Recordings;
import java.util.function.LongSupplier;

/**
 * All that a dialect may reach.
 *
 * @param sessions the way to live sessions
 * @param clock the cluster's time in epoch milliseconds
 */
public record Gateway(
    Sessions sessions,
    Directory directory,
    Recordings recordings,
    Claims claims,
    EventFeed events,
    EventStreams eventStreams,
    LongSupplier clock,
    CurfewConfig config) {}
