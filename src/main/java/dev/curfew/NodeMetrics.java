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
import java.util.function.ToDoubleFunction;

/** What a node measures of itself, for {@code /metrics}. */
final class NodeMetrics {
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** All of it, as Prometheus reads it. */
  String scrape() {
    return metrics.scrape();
  }

  void grants(Grants grants) {
    gauge(
        "curfew_grant_removals_stuck",
        grants,
        Grants::stuckRemovals,
        "Resource rules that could not be removed when this node last tried");
  }

  void clock(ClusterClock clock) {
    gauge(
        "curfew_clock_error_seconds",
        clock,
        known -> known.errorMillis() / 1000.0,
        "How far the cluster clock may be off on this node");
    gauge(
        "curfew_database_answers",
        clock,
        known -> known.databaseAnswers() ? 1 : 0,
        "Whether the database answered last");
  }

  void shards(ShardHost shards) {
    gauge(
        "curfew_sessions_live",
        shards,
        ShardHost::sessionsHeld,
        "Sessions held by the shards of this node");
    gauge("curfew_shards_served", shards, ShardHost::shardsServed, "Shards that this node serves");
  }

  void alerts(AlertHub hub, EventBridge bridge) {
    gauge(
        "curfew_alert_connections",
        hub,
        AlertHub::connections,
        "Connections, and registrations on the bridge, that follow the event log");
    FunctionCounter.builder("curfew_alert_readers_cut_total", hub, AlertHub::readersCut)
        .description("Connections cut because their reader was too slow")
        .register(metrics);
    gauge(
        "curfew_bridge_connections",
        bridge,
        EventBridge::connections,
        "Clients of the event-bus bridge");
    gauge(
        "curfew_bridge_registrations",
        bridge,
        EventBridge::registrations,
        "Addresses that clients of the event-bus bridge have registered");
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
    gauge(
        "curfew_deliveries_pending",
        deliveries,
        DeliveryFigures::pending,
        "Messages of the installation that are laid out and not delivered yet");
    gauge(
        "curfew_deliveries_dead",
        deliveries,
        DeliveryFigures::dead,
        "Messages of the installation that were given up");
    gauge(
        "curfew_deliveries_lag_seconds",
        deliveries,
        DeliveryFigures::lagSeconds,
        "How long the oldest message has waited");
  }

  private <T> void gauge(String name, T of, ToDoubleFunction<T> value, String description) {
    Gauge.builder(name, of, value).description(description).register(metrics);
  }
}
