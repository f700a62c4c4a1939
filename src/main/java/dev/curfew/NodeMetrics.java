package dev.curfew;

import dev.curfew.alert.AlertHub;
import dev.curfew.alert.EventBridge;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.cluster.Membership;
import dev.curfew.delivery.DeliveryFigures;
import dev.curfew.grant.Grants;
import dev.curfew.recording.RecordingFigures;
import dev.curfew.shard.MoveFigures;
import dev.curfew.shard.RouteFigures;
import dev.curfew.shard.ShardHost;
import dev.curfew.storage.StoreState;
import dev.curfew.store.LaneQueue;
import dev.curfew.watchdog.WatchdogFigures;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
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

  void storage(RecordingStores stores) {
    for (StoreState state : stores.states()) {
      Gauge.builder("curfew_storage_up", stores, all -> all.isReady(state.store()) ? 1 : 0)
          .description("Whether the store could be written, read and deleted from when last tried")
          .tag("store", state.store())
          .register(metrics);
    }
  }

  void shards(ShardHost shards) {
    gauge(
        "curfew_sessions_live",
        shards,
        ShardHost::sessionsHeld,
        "Sessions held by the shards of this node");
    gauge("curfew_shards_served", shards, ShardHost::shardsServed, "Shards that this node serves");
  }

  void cluster(Membership membership, ShardHost shards) {
    gauge(
        "curfew_cluster_members",
        membership,
        known -> known.roster().live().size(),
        "Members of the cluster that are alive, as this one sees it");
    gauge(
        "curfew_cluster_hosts",
        membership,
        known -> known.roster().hosts().size(),
        "Members on which shards are placed, as this one sees it");
    gauge(
        "curfew_shards_owned",
        membership,
        known -> known.roster().shardsOf(known.self()),
        "Shards that are this member's by their rows");
    gauge(
        "curfew_shards_unserved",
        membership,
        known -> known.roster().unowned().size() + known.roster().orphaned().size(),
        "Shards of the cluster that are nobody's or those of members that are not alive");
    MoveFigures moves = shards.moves();
    FunctionTimer.builder(
            "curfew_shard_takeover",
            moves,
            MoveFigures::shardsTaken,
            MoveFigures::secondsTaking,
            TimeUnit.SECONDS)
        .description("Shards that this member took, and how long that took from the decision on")
        .register(metrics);
    gauge(
        "curfew_shard_takeover_longest_seconds",
        moves,
        MoveFigures::longestSeconds,
        "How long the slowest takeover of a shard took since this node started");
    FunctionCounter.builder("curfew_shards_lost_total", moves, MoveFigures::shardsLost)
        .description("Shards that this member served until it found that another had taken them")
        .register(metrics);
    RouteFigures routes = shards.routes();
    FunctionCounter.builder(
            "curfew_commands_forwarded_total", routes, RouteFigures::commandsForwarded)
        .description("Commands that this member sent to others, whose shards they were for")
        .register(metrics);
    FunctionCounter.builder(
            "curfew_commands_unanswered_total", routes, RouteFigures::commandsUnanswered)
        .description("Commands sent to other members that got no answer from them")
        .register(metrics);
    gauge(
        "curfew_commands_parked",
        routes,
        RouteFigures::commandsParked,
        "Commands that wait here for somebody to serve their shard");
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

  void recordings(RecordingFigures recordings) {
    gauge(
        "curfew_recording_spool_bytes",
        recordings,
        RecordingFigures::spoolBytes,
        "What this node's spool of captured chunks takes on disk");
    gauge(
        "curfew_recording_spool_chunks",
        recordings,
        RecordingFigures::spoolChunks,
        "Captured chunks that this node holds until the recording store is back");
    gauge(
        "curfew_recording_store_away",
        recordings,
        known -> known.storeAway() ? 1 : 0,
        "Whether this node takes the store of raw recordings to be away");
    FunctionCounter.builder(
            "curfew_captures_refused_total", recordings, RecordingFigures::capturesRefused)
        .description("Captured chunks refused since neither store nor spool could take them")
        .register(metrics);
    FunctionCounter.builder(
            "curfew_recordings_postponed_total", recordings, RecordingFigures::recordingsPostponed)
        .description("How often this node's workers put a recording off for an outage")
        .register(metrics);
  }

  private <T> void gauge(String name, T of, ToDoubleFunction<T> value, String description) {
    Gauge.builder(name, of, value).description(description).register(metrics);
  }
}
