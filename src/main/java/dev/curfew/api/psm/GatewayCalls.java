package dev.curfew.api.psm;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionView;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The calls of the process that owns a session: it is alive, it is still there, it is done. */
final class GatewayCalls {
  private static final int LONGEST_INSTANCE = 256;
  private final Gateway gateway;

  GatewayCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  /**
   * The heartbeat. Of a live session, by its gateway: answered from the shard's memory. Afterwards
   * it renews a worker's lease, or tells the gateway that owned the session last to let go.
   */
  Future<Answer> poll(Exchange exchange) {
    Principal caller = exchange.principal();
    UUID session = exchange.body().uuid("session");
    String process = instance(exchange);
    Claimant who = Claimant.of(process, exchange.body().optionalText("claimToken", 64));
    if (!caller.has(Scope.PSM_WRITE)) {
      return afterTheEnd(caller, session, who);
    }
    return gateway
        .sessions()
        .ask(new Command.Heartbeat(session, visibleRealm(caller), process))
        .compose(outcome -> polled(outcome, caller, session, who));
  }

  private Future<Answer> polled(Outcome outcome, Principal caller, UUID session, Claimant who) {
    if (outcome instanceof Outcome.Done done) {
      SessionView view = done.session();
      return Future.succeededFuture(
          view.state().live()
              ? polling(false, view.remaining(), RecordingStage.CONNECTED)
              : polling(true, 0, RecordingStage.ENDED));
    }
    if (outcome instanceof Outcome.Refused refused && isLive(refused.session())) {
      return Future.failedFuture(refused.toException());
    }
    return afterTheEnd(caller, session, who);
  }

  private static boolean isLive(@Nullable SessionView view) {
    return view == null || view.state().live();
  }

  private Future<Answer> afterTheEnd(Principal caller, UUID session, Claimant who) {
    return gateway
        .recordings()
        .find(session)
        .compose(
            recording -> {
              Authorisation.requireRealmOrWorker(caller, recording.realmId(), "Session");
              return gateway.recordings().renew(session, who);
            })
        .map(renewal -> polling(renewal.gateway(), 0, renewal.stage()));
  }

  private static Answer polling(boolean terminate, long remaining, RecordingStage stage) {
    // Written by hand: this is the call that every gateway makes for every session all the time.
    return Answer.json(
        200,
        Buffer.buffer(
            "{\"Result\":\"Success\",\"TerminateSession\":"
                + terminate
                + ",\"TimeRemainingSeconds\":"
                + remaining / 1000
                + ",\"Stage\":\""
                + stage.wireName()
                + "\"}"));
  }

  /** Notes durably that the session was alive now. */
  Future<Answer> updateSession(Exchange exchange) {
    UUID session = exchange.body().uuid("session");
    return seen(exchange.principal(), session, null)
        .compose(
            view ->
                view == null || !view.state().live()
                    ? Future.<Outcome>failedFuture(over())
                    : gateway.sessions().ask(new Command.NoteAlive(session)))
        .compose(GatewayCalls::done);
  }

  private static CurfewException over() {
    return CurfewException.of(ErrorCode.WRONG_STATE, "The session is over");
  }

  /** The gateway ends the session. Ending it again is a success. */
  Future<Answer> endSession(Exchange exchange) {
    UUID session = exchange.body().uuid("session");
    String process = instance(exchange);
    return seen(exchange.principal(), session, process)
        .compose(
            view -> {
              if (view == null || !view.state().live()) {
                return Future.succeededFuture(PsmDialect.success());
              }
              Initiator by = new Initiator(Initiator.Kind.PROCESS, view.userId(), process);
              return gateway
                  .sessions()
                  .ask(new Command.Stop(session, by, EndReason.STOPPED))
                  .compose(GatewayCalls::done);
            });
  }

  private static Future<Answer> done(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        ? Future.failedFuture(refused.toException())
        : Future.succeededFuture(PsmDialect.success());
  }

  /**
   * The session as its shard holds it, its gateway taken to be alive.
   *
   * @return null when it has ended; fails with NOT_FOUND when there is none for this caller,
   *     NOT_OWNER when another process owns it
   */
  private Future<@Nullable SessionView> seen(
      Principal caller, UUID session, @Nullable String process) {
    return seen(gateway, caller, session, process);
  }

  static Future<@Nullable SessionView> seen(
      Gateway gateway, Principal caller, UUID session, @Nullable String process) {
    return gateway
        .sessions()
        .ask(new Command.Heartbeat(session, visibleRealm(caller), process))
        .compose(
            outcome -> {
              if (outcome instanceof Outcome.Done done) {
                return Future.succeededFuture(done.session());
              }
              if (outcome instanceof Outcome.Refused refused) {
                return Future.failedFuture(refused.toException());
              }
              return gateway
                  .directory()
                  .sessionReads()
                  .getForGateway(caller, session)
                  .map(ended -> null);
            });
  }

  private static int visibleRealm(Principal caller) {
    return caller.is(Role.ADMIN) ? 0 : caller.realmId();
  }

  static String instance(Exchange exchange) {
    String process = exchange.body().optionalText("processInstance", LONGEST_INSTANCE);
    if (process == null || process.isBlank()) {
      throw CurfewException.of(
          ErrorCode.INVALID_FIELD, "processInstance", "Process instance not supplied");
    }
    if (!isName(process)) {
      throw CurfewException.invalid(
          "processInstance", "must be well-formed Unicode without control characters");
    }
    return process;
  }

  /** As the directory has it of the names that a session may be opened for. */
  private static boolean isName(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return false;
      }
      if (Character.isSurrogate(text.charAt(i))) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
      }
    }
    return true;
  }
}
