package dev.curfew.cluster.trial;

import dev.curfew.cluster.trial.Attempt.Act;
import dev.curfew.cluster.trial.Attempt.Answer;
import dev.curfew.cluster.trial.Attempt.Told;
import dev.curfew.cluster.trial.Front.Reply;
import dev.curfew.cluster.trial.Front.Request;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One session and all that its gateway and administrators do with it. */
final class Life {

  /** What is to become of it. */
  enum Plan {
    /** Nobody cares for it any more. */
    EXPIRES(false),
    /** As above, under a policy that ends it for idleness. */
    IDLES(false),
    /** It is extended a few times, and expires in the end. */
    EXTENDED(true),
    REVOKED(true),
    /** Revoked and extended at the same moment. */
    DISPUTED(true),
    STOPPED(true),
    /** Its gateway dies. */
    FALLS_SILENT(true),
    /** It outlasts the run, and is revoked at its end. */
    LASTS(true);

    private final boolean reported;

    Plan(boolean reported) {
      this.reported = reported;
    }

    boolean reported() {
      return reported;
    }
  }

  private static final Duration PATIENCE = Duration.ofSeconds(7);

  /** Heartbeats are sent anew all the time. */
  private static final Duration HEARTBEAT_PATIENCE = Duration.ofSeconds(3);

  private static final int HEARTBEAT_MILLIS = 1_000;
  private static final int LONG_SECONDS = 7_200;
  private static final String PSM = "/api/services/v1/secureaccessgateway/";
  private static final String SESSIONS = "/api/v1/admin/sessions";

  private final Load load;
  private final Plan plan;
  private final String wish;
  private final String gateway;
  private final Promise<Void> over = Promise.promise();
  private @Nullable UUID session;
  private long heartbeats = -1;
  private boolean silent;
  private boolean told;
  private int underWay;

  Life(Load load, Plan plan, String wish) {
    this.load = load;
    this.plan = plan;
    this.wish = wish;
    this.gateway = "gateway-of-" + wish;
  }

  private static int random(int from, int to) {
    return ThreadLocalRandom.current().nextInt(from, to);
  }

  /** Completes when nobody does anything with the session any more. */
  Future<Void> live() {
    JsonObject body =
        new JsonObject()
            .put("kind", plan.reported() ? "psm" : "device_admin")
            .put("userId", "admin")
            .put("durationSeconds", seconds())
            .put("policy", load.policy(plan))
            .put("attributes", new JsonObject().put("deviceName", wish));
    if (plan.reported()) {
      body.put("processInstance", gateway);
    }
    act(Act.START, 0, SESSIONS, body)
        .onComplete(
            opened -> {
              if (session == null) {
                over.tryComplete();
              } else {
                begin();
              }
            });
    return over.future();
  }

  private int seconds() {
    return switch (plan) {
      case EXPIRES -> random(3, 10);
      case EXTENDED -> random(4, 8);
      default -> LONG_SECONDS;
    };
  }

  private void begin() {
    if (!plan.reported()) {
      over.complete();
      return;
    }
    heartbeats =
        load.vertx().setPeriodic(random(1, HEARTBEAT_MILLIS), HEARTBEAT_MILLIS, this::beat);
    switch (plan) {
      case EXTENDED -> extendIn(random(500, 4_000));
      case REVOKED -> in(random(1_000, 6_000), this::revoke);
      case DISPUTED ->
          in(
              random(1_000, 6_000),
              () -> {
                extend();
                revoke();
              });
      case STOPPED -> in(random(1_000, 6_000), this::stop);
      case FALLS_SILENT ->
          in(
              random(1_500, 4_000),
              () -> {
                silent = true;
                finish();
              });
      case LASTS -> load.finishing().onSuccess(finishing -> revoke());
      case EXPIRES, IDLES -> {
        // Nobody cares.
      }
    }
  }

  private void in(int millis, Runnable then) {
    load.vertx().setTimer(millis, timer -> then.run());
  }

  // What its gateway does

  private void beat(long timer) {
    act(Act.HEARTBEAT, 0, PSM + "Polling", ofGateway());
  }

  private JsonObject ofGateway() {
    return new JsonObject().put("session", String.valueOf(session)).put("processInstance", gateway);
  }

  private void stop() {
    untilAnswered(Act.STOP, 0, PSM + "EndSession", ofGateway());
  }

  // What administrators do

  private void revoke() {
    untilAnswered(
        Act.REVOKE,
        0,
        SESSIONS + "/" + session + "/revoke",
        new JsonObject().put("reason", plan.name()));
  }

  private void extendIn(int millis) {
    in(
        millis,
        () -> {
          if (!told) {
            extend();
            if (random(0, 3) > 0) {
              extendIn(random(1_000, 4_000));
            }
          }
        });
  }

  /** Not sent again for ever: it may have been done each time. */
  private void extend() {
    int seconds = random(2, 6);
    act(
        Act.EXTEND,
        seconds * 1_000L,
        SESSIONS + "/" + session + "/extend",
        new JsonObject().put("additionalSeconds", seconds));
  }

  // Words

  private void untilAnswered(Act act, long additional, String path, JsonObject body) {
    act(act, additional, path, body)
        .onSuccess(
            reply -> {
              if (reply.unknown()) {
                in(500, () -> untilAnswered(act, additional, path, body));
              }
            });
  }

  private Future<Reply> act(Act act, long additional, String path, JsonObject body) {
    underWay++;
    Duration patience = act == Act.HEARTBEAT ? HEARTBEAT_PATIENCE : PATIENCE;
    return load.front()
        .ask(Request.post(path, body, patience), reply -> heard(act, additional, reply))
        .onSuccess(
            reply -> {
              underWay--;
              load.answered(act, wish, reply);
              finish();
            });
  }

  private void heard(Act act, long additional, Reply reply) {
    Told now = told(act, reply);
    if (act == Act.START && reply.good()) {
      session = UUID.fromString(reply.body().getString("id"));
    }
    load.observe(
        new Attempt(
            reply.span(),
            reply.node(),
            act,
            session,
            wish,
            additional,
            answer(reply),
            reply.status(),
            now));
    if (now != null && !now.live() && act == Act.HEARTBEAT) {
      told = true;
      finish();
    }
  }

  private static Answer answer(Reply reply) {
    if (!reply.sent()) {
      return Answer.NOT_SENT;
    }
    if (reply.unknown()) {
      return Answer.UNKNOWN;
    }
    return reply.good() ? Answer.ACKNOWLEDGED : Answer.REFUSED;
  }

  private static @Nullable Told told(Act act, Reply reply) {
    if (!reply.good()) {
      return null;
    }
    JsonObject body = reply.body();
    return switch (act) {
      case HEARTBEAT -> new Told(!body.getBoolean("TerminateSession"), null, 0);
      case STOP -> new Told(false, null, 0);
      case START, EXTEND, REVOKE ->
          new Told(
              body.getString("state").equals("active")
                  || body.getString("state").equals("approved"),
              body.getString("endReason"),
              Instant.parse(body.getString("expiresAt")).toEpochMilli());
    };
  }

  /** Its gateway has let go, and nothing is under way. */
  private void finish() {
    if (session == null || !(silent || told)) {
      return;
    }
    load.vertx().cancelTimer(heartbeats);
    if (underWay == 0) {
      over.tryComplete();
    }
  }

  /** Nobody may have heard of it: it was opened by a request without an answer. */
  static Future<Reply> revokeUnknown(Load load, UUID session, String wish) {
    Life life = new Life(load, Plan.REVOKED, wish);
    life.session = session;
    life.silent = true;
    return life.act(Act.REVOKE, 0, SESSIONS + "/" + session + "/revoke", new JsonObject());
  }
}
