package dev.curfew.api.console;

import dev.curfew.api.Answer;
import dev.curfew.api.Durations;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.directory.NewGrant;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Sudo;
import dev.curfew.session.SessionKind;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Access that an administrator grants by hand. */
final class GrantCalls {
  private final Gateway gateway;

  GrantCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> device(Exchange exchange) {
    Fields body = exchange.body();
    return grant(
        exchange,
        SessionKind.DEVICE_ADMIN,
        body.text("deviceId", 128),
        body.optionalText("deviceName", 256),
        ConsoleJson.sudo(body));
  }

  Future<Answer> timed(Exchange exchange) {
    Fields body = exchange.body();
    return grant(
        exchange,
        SessionKind.TIMED_ACCESS,
        body.text("resourceId", 128),
        body.optionalText("resourceName", 256),
        null);
  }

  private Future<Answer> grant(
      Exchange exchange,
      SessionKind kind,
      String targetId,
      @Nullable String targetName,
      @Nullable Sudo sudo) {
    Fields body = exchange.body();
    Duration duration = Durations.seconds(body, "durationSeconds");
    if (duration == null) {
      throw CurfewException.invalid("durationSeconds", "is required");
    }
    Long policy = body.optionalInteger("policy", 1, Integer.MAX_VALUE);
    NewGrant wanted =
        new NewGrant(
            kind,
            body.id("userId"),
            targetId,
            targetName,
            0,
            duration,
            sudo,
            body.optionalText("remarks", 1_024),
            policy == null ? null : policy.intValue());
    return gateway
        .directory()
        .grants()
        .grant(exchange.principal(), wanted)
        .compose(session -> gateway.directory().activeSessions().shown(session.id()))
        .map(session -> Answer.created(ConsoleJson.session(session, gateway.clock().getAsLong())));
  }
}
