package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.recording.Verification;
import dev.curfew.recording.Verification.BadPart;
import dev.curfew.recording.Verification.VerifiedArtefact;
import dev.curfew.recording.Verifying;
import dev.curfew.store.RecordingRow;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.UUID;

/** Whether a recording is still what was captured and made of it. */
final class VerificationCalls {
  private static final int USUAL_WAIT_SECONDS = 20;
  private static final int LONGEST_WAIT_SECONDS = 60;

  private final Gateway gateway;

  VerificationCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  /** Reads all that was recorded of a person: that is noted before the result is told. */
  Future<Answer> verify(Exchange exchange) {
    UUID session = exchange.pathUuid("sessionId");
    long wait = exchange.queryInteger("waitSeconds", USUAL_WAIT_SECONDS, 0, LONGEST_WAIT_SECONDS);
    Principal caller = exchange.principal();
    return gateway
        .recordings()
        .find(session)
        .compose(
            recording -> {
              Authorisation.requireOwner(
                  caller,
                  recording.realmId(),
                  recording.userId(),
                  Authorisation.Intent.READ,
                  "Recording");
              return verified(exchange, session, Duration.ofSeconds(wait))
                  .compose(known -> answer(caller, recording, known));
            });
  }

  private Future<Verifying> verified(Exchange exchange, UUID session, Duration wait) {
    Promise<Verifying> told = exchange.promise();
    gateway
        .recordings()
        .verify(session, wait)
        .onSuccess(told::tryComplete)
        .onFailure(told::tryFail);
    gateway
        .departure()
        .endWith(
            told.future(),
            () ->
                told.tryFail(
                    CurfewException.of(
                        ErrorCode.UNAVAILABLE, "The node that verified leaves; ask again")));
    return told.future();
  }

  private Future<Answer> answer(Principal caller, RecordingRow recording, Verifying known) {
    UUID session = recording.sessionId();
    if (known instanceof Verifying.Running running) {
      return Future.succeededFuture(
          Answer.json(
              202,
              new JsonObject()
                  .put("sessionId", session.toString())
                  .put("result", "running")
                  .put("chunks", running.chunks())));
    }
    Verification done = (Verification) known;
    return gateway
        .recordings()
        .noteVerified(session, caller.initiator(recording.userId()))
        .map(noted -> Answer.ok(json(done)));
  }

  private static JsonObject json(Verification done) {
    JsonArray artefacts = new JsonArray();
    done.artefacts().forEach(artefact -> artefacts.add(json(artefact)));
    BadPart bad = done.bad();
    return new JsonObject()
        .put("sessionId", done.sessionId().toString())
        .put("stage", done.stage().wireName())
        .put("result", done.intact() ? "intact" : "altered")
        .put(
            "firstBad",
            bad == null
                ? null
                : new JsonObject().put("part", bad.part()).put("reason", bad.reason()))
        .put(
            "manifest",
            new JsonObject()
                .put("lines", done.lines())
                .put("link", done.link().isEmpty() ? null : done.link()))
        .put(
            "contents",
            new JsonObject().put("verified", done.contents()).put("deleted", done.deleted()))
        .put("artifacts", artefacts)
        .put("deliveryManifest", done.deliveryManifest())
        .put("unchecked", new JsonArray(new ArrayList<>(done.unchecked())));
  }

  private static JsonObject json(VerifiedArtefact artefact) {
    return new JsonObject()
        .put("kind", artefact.kind().wireName())
        .put("at", artefact.delivered() ? "destination" : "stage")
        .put("size", artefact.size())
        .put("sha256", artefact.sha256())
        .put("keyId", artefact.encryptionKey());
  }
}
