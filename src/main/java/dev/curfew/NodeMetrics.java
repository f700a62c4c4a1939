package dev.curfew;

import dev.curfew.alert.AlertHub;
import dev.curfew.alert.EventBridge;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.delivery.DeliveryFigures;
import dev.curfew.grant.Grants;
import dev.curfew.shard.ShardHost;
import dev.curfew.store.LaneQueue;
import dev.curfew.watchdog.WatchdogFigures;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;

/** What a node measures of itself, for {@code /metrics}. */
final class NodeMetrics {
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** All of it, as Prometheus reads it. */
  String scrape() {
    return metrics.scrape();
  }

  void grants(Grants grants) {
    Gauge.builder("curfew_grant_removals_stuck", grants, Grants::stuckRemovals)
        .description("Resource rules that could not be removed when this node last tried")
        .register(metrics);
  }

  void clock(ClusterClock clock) {
    Gauge.builder("curfew_clock_error_seconds", clock, known -> known.errorMillis() / 1000.0)
        .description("How far the cluster clock may be off on this node")
        .register(metrics);
    Gauge.builder("curfew_database_answers", clock, known -> known.databaseAnswers() ? 1 : 0)
        .description("Whether the database answered last")
        .register(metrics);
  }

  void shards(ShardHost shards) {
    Gauge.builder("curfew_sessions_live", shards, ShardHost::sessionsHeld)
        .description("Sessions held by the shards of this node")
        .register(metrics);
    Gauge.builder("curfew_shards_served", shards, ShardHost::shardsServed)
        .description("Shards that this node serves")
        .register(metrics);
  }

  void alerts(AlertHub hub, EventBridge bridge) {
    Gauge.builder("curfew_alert_connections", hub, AlertHub::connections)
        .description("Connections, and registrations on the bridge, that follow the event log")
        .register(metrics);
    FunctionCounter.builder("curfew_alert_readers_cut_total", hub, AlertHub::readersCut)
        .description("Connections cut because their reader was too slow")
        .register(metrics);
    Gauge.builder("curfew_bridge_connections", bridge, EventBridge::connections)
        .description("Clients of the event-bus bridge")
        .register(metrics);
    Gauge.builder("curfew_bridge_registrations", bridge, EventBridge::registrations)
        .description("Addresses that clients of the event-bus bridge have registered")
        .register(metrics);
  }

  void watchdog(WatchdogFigures watchdog) {
    for (WatchdogFigures.Move move : watchdog.possible()) {
      FunctionCounter.builder("curfew_watchdog_moves", watchdog, all -> all.moves(move))
          .description("Recordings that this node's watchdog took from silent owners")
          .tag("stage", move.from().wireName())
          .tag("to", move.to().wireName())
          .register(metrics);
    }
    Gauge.builder("curfew_watchdog_active", watchdog, all -> all.active() ? 1 : 0)
        .description("Whether this node's watchdog is the active one of the cluster")
        .register(metrics);
    Gauge.builder(
            "curfew_watchdog_last_sweep_age_seconds",
            watchdog,
            WatchdogFigures::lastSweepAgeSeconds)
        .description("How long ago this node's watchdog finished its last sweep")
        .register(metrics);
  }

  void deliveries(DeliveryFigures deliveries) {
    for (LaneQueue.Outcome outcome : LaneQueue.Outcome.values()) {
      FunctionCounter.builder("curfew_deliveries", deliveries, all -> all.attempts(outcome))
          .description("Attempts of this node to deliver a message, by what came of them")
          .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
          .register(metrics);
    }
    Gauge.builder("curfew_deliveries_pending", deliveries, DeliveryFigures::pending)
        .description("Messages of the installation that are laid out and not delivered yet")
        .register(metrics);
    Gauge.builder("curfew_deliveries_dead", deliveries, DeliveryFigures::dead)
        .description("Messages of the installation that were given up")
        .register(metrics);
    Gauge.builder("curfew_deliveries_lag_seconds", deliveries, DeliveryFigures::lagSeconds)
        .description("How long the oldest message has waited")
        .register(metrics);
  }
}
