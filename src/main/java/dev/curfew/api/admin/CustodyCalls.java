package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.directory.FieldRules;
import dev.curfew.fault.CurfewException;
import dev.curfew.recording.Recordings;
import dev.curfew.session.Initiator;
import dev.curfew.store.Deletion;
import dev.curfew.store.LegalHold;
import dev.curfew.store.RecordingRow;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What administrators do with recordings as evidence: hold, release, delete; each for a reason. */
final class CustodyCalls {
  private static final String REASON = "reason";
  private static final int LONGEST_REASON = 1_024;

  private final Gateway gateway;
  private final Function<RecordingRow, JsonObject> json;

  /**
   * @param json how a recording is shown
   */
  CustodyCalls(Gateway gateway, Function<RecordingRow, JsonObject> json) {
    this.gateway = gateway;
    this.json = json;
  }

  /** One of the calls, on a recording that the caller administers. */
  @FunctionalInterface
  private interface Act {
    Future<?> on(Recordings recordings, UUID session, Initiator by, String reason);
  }

  Future<Answer> hold(Exchange exchange) {
    return act(exchange, Recordings::hold);
  }

  Future<Answer> release(Exchange exchange) {
    return act(exchange, Recordings::release);
  }

  private Future<Answer> act(Exchange exchange, Act act) {
    return act(exchange, exchange.body().text(REASON, LONGEST_REASON), act);
  }

  Future<Answer> delete(Exchange exchange) {
    return act(exchange, exchange.query(REASON), Recordings::delete);
  }

  private Future<Answer> act(Exchange exchange, @Nullable String given, Act act) {
    UUID session = exchange.pathUuid("sessionId");
    Principal caller = exchange.principal();
    return gateway
        .recordings()
        .find(session)
        .compose(
            recording -> {
              Authorisation.requireAdministrator(caller, recording.realmId(), "Recording");
              return act.on(gateway.recordings(), session, caller.administrator(), reason(given));
            })
        .compose(done -> gateway.recordings().find(session))
        .map(recording -> Answer.json(isUnfinished(recording) ? 202 : 200, json.apply(recording)));
  }

  private static String reason(@Nullable String given) {
    if (given == null || given.isBlank()) {
      throw CurfewException.invalid(REASON, "is required");
    }
    return FieldRules.text(REASON, given, LONGEST_REASON).strip();
  }

  private static boolean isUnfinished(RecordingRow recording) {
    Deletion deletion = recording.deletion();
    return deletion != null && deletion.deletedAt() == 0;
  }

  static @Nullable JsonObject json(@Nullable LegalHold hold) {
    return hold == null
        ? null
        : new JsonObject()
            .put("since", Times.iso(hold.since()))
            .put("by", hold.by().name())
            .put(REASON, hold.reason());
  }

  static @Nullable JsonObject json(@Nullable Deletion deletion) {
    return deletion == null
        ? null
        : new JsonObject()
            .put("decidedAt", Times.iso(deletion.decidedAt()))
            .put("by", deletion.by().name())
            .put(REASON, deletion.reason())
            .put("deletedAt", Times.iso(deletion.deletedAt()));
  }
}
