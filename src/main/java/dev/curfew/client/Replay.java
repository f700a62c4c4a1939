package dev.curfew.client;

import dev.curfew.replay.CaptureReader;
import dev.curfew.replay.CapturedSession;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Opens a checkout with its session on a running node, plays a capture into it as a gateway, and
 * shows what becomes of the session until it has ended at its deadline.
 */
public final class Replay {
  private static final Duration LOOK = Duration.ofMillis(200);

  /** The node must say that the session ended within this after its deadline. */
  private static final long PATIENCE_MILLIS = 15_000;

  private static final String PREFIX = "dev.curfew.";

  /**
   * A session that was played to its end.
   *
   * @param events what the node told over the WebSocket, in order
   */
  public record Played(
      String sessionId,
      String checkOutId,
      String gateway,
      long startedAt,
      long expiresAt,
      List<AlertStream.Alert> events,
      long heartbeats) {}

  private final ApiClient api;
  private final Terminal terminal;
  private final double speed;
  private final List<AlertStream.Alert> events = new ArrayList<>();
  private final AtomicLong expiresAt = new AtomicLong();
  private boolean extended;

  public Replay(ApiClient api, Terminal terminal, double speed) {
    this.api = api;
    this.terminal = terminal;
    this.speed = speed;
  }

  /**
   * @throws ApiFailure at the first step that does not go as it must
   */
  public Played run(CaptureReader reader) {
    CapturedSession capture = reader.read();
    ReplayPlan plan = ReplayPlan.forCapture(capture.durationMillis());
    String tag = UUID.randomUUID().toString().substring(0, 8);
    String gateway = "replay-" + tag;
    int policy = policy(plan, gateway);
    int credential = credential(gateway);
    try (AlertStream alerts = api.alerts("")) {
      JsonObject checkout =
          api.post(
              "/api/v1/checkouts",
              new JsonObject()
                  .put("credentialId", credential)
                  .put("durationSeconds", plan.initial().toSeconds())
                  .put("targetHost", "db.example.com")
                  .put("policy", policy));
      String session = checkout.getString("sessionId");
      JsonObject opened = api.get("/api/v1/admin/sessions/" + session);
      long startedAt = millis(opened.getString("startedAt"));
      expiresAt.set(millis(opened.getString("expiresAt")));
      terminal.line("checkout   " + checkout.getString("checkOutId") + " of credential " + gateway);
      terminal.line("session    " + session);
      terminal.line(
          String.format(
              Locale.ROOT,
              "plan       %d s, warning %d s before the end, at most %d s in all; capture of %.1f s"
                  + " played %.4gx",
              plan.initial().toSeconds(),
              plan.warnBefore().toSeconds(),
              plan.maximum().toSeconds(),
              capture.durationMillis() / 1000.0,
              speed));
      terminal.line("");
      try (GatewayPlayer player =
          new GatewayPlayer(
                  api, reader, capture, session, gateway, startedAt, expiresAt::get, speed)
              .start()) {
        watch(alerts, player, session, plan);
        if (player.played() < player.total()) {
          throw new ApiFailure(
              0, "only " + player.played() + " of " + player.total() + " captures were taken");
        }
        return new Played(
            session,
            checkout.getString("checkOutId"),
            gateway,
            startedAt,
            expiresAt.get(),
            List.copyOf(events),
            player.heartbeats());
      }
    }
  }

  private int policy(ReplayPlan plan, String name) {
    return api.post(
            "/api/v1/admin/policies",
            new JsonObject()
                .put("name", name)
                .put("maxDuration", plan.maximum().toSeconds() + "s")
                .put("staleAfter", "30s")
                .put("warnBefore", new JsonArray().add(plan.warnBefore().toSeconds() + "s")))
        .getInteger("id");
  }

  private int credential(String name) {
    return api.post(
            "/api/v1/admin/credentials",
            new JsonObject()
                .put("name", name)
                .put("username", "dba")
                .put("password", UUID.randomUUID().toString()))
        .getInteger("id");
  }

  private void watch(AlertStream alerts, GatewayPlayer player, String session, ReplayPlan plan) {
    boolean ended = false;
    while (!ended) {
      player.check();
      AlertStream.Alert alert = alerts.next(LOOK);
      if (alert != null && alert.concerns(session)) {
        events.add(alert);
        tell(alert);
        if (alert.type().equals("dev.curfew.session.expiring")) {
          warned(session, plan);
        }
        ended = alert.type().equals("dev.curfew.session.ended");
      }
      countdown(player);
      if (System.currentTimeMillis() > expiresAt.get() + PATIENCE_MILLIS) {
        throw new ApiFailure(0, "the session did not end at its deadline");
      }
    }
  }

  private void countdown(GatewayPlayer player) {
    long left = Math.max(0, expiresAt.get() - System.currentTimeMillis());
    terminal.status(
        String.format(
            Locale.ROOT,
            "time remaining %6.1f s   captured %d/%d   heartbeats %d",
            left / 1000.0,
            player.played(),
            player.total(),
            player.heartbeats()));
  }

  /** The user reacts to the warning: once within the policy, then beyond it. */
  private void warned(String session, ReplayPlan plan) {
    if (!extended) {
      extended = true;
      JsonObject longer = extend(session, plan.extension().toSeconds());
      expiresAt.set(millis(longer.getString("expiresAt")));
      terminal.at(
          System.currentTimeMillis(),
          "extended by " + plan.extension().toSeconds() + " s, within the policy's maximum");
      return;
    }
    try {
      extend(session, 60);
    } catch (ApiFailure refused) {
      if (refused.status() != 400) {
        throw refused;
      }
      terminal.at(System.currentTimeMillis(), "extension refused: " + refused.getMessage());
      return;
    }
    throw new ApiFailure(0, "an extension over the maximum was not refused");
  }

  private JsonObject extend(String session, long seconds) {
    return api.post(
        "/api/v1/sessions/" + session + "/extend",
        new JsonObject().put("additionalSeconds", seconds));
  }

  private void tell(AlertStream.Alert alert) {
    JsonObject data = alert.data();
    String name = alert.type().replace(PREFIX, "");
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%-20s", name));
    Object message = data.getValue("message");
    if (message != null) {
      text.append(" \"").append(message).append('"');
    }
    Object lateness = data.getValue("latenessMillis");
    if (lateness != null) {
      text.append(" ").append(lateness).append(" ms after the deadline");
    }
    terminal.at(alert.arrivedAt(), text.toString().stripTrailing());
  }

  static long millis(@Nullable String iso) {
    if (iso == null) {
      throw new ApiFailure(0, "the node answered without a time");
    }
    return Instant.parse(iso).toEpochMilli();
  }
}
