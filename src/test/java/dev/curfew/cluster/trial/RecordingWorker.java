package dev.curfew.cluster.trial;

import dev.curfew.claim.history.Observation.Answer;
import dev.curfew.claim.history.Observation.Asked;
import dev.curfew.claim.history.Observation.Ending;
import dev.curfew.claim.history.Observation.Spoke;
import dev.curfew.claim.history.Observation.Word;
import dev.curfew.cluster.trial.Front.Reply;
import dev.curfew.cluster.trial.Front.Request;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * An encoder or uploader of another program that does nothing but what others see of it: it claims,
 * renews, reports, gives back, and sometimes is never heard of again, under a name that is used
 * again at once.
 */
final class RecordingWorker {
  private static final String PSM = "/api/services/v1/secureaccessgateway/";
  private static final Duration PATIENCE = Duration.ofSeconds(7);
  private static final int MOST = 4;

  private final Load load;
  private final Work work;
  private final String instance;
  private final Promise<Void> over = Promise.promise();

  RecordingWorker(Load load, Work work, String instance) {
    this.load = load;
    this.work = work;
    this.instance = instance;
  }

  /** Completes when it is to stop and has nothing under way. */
  Future<Void> run() {
    next();
    return over.future();
  }

  private void next() {
    if (load.recordingsDone()) {
      over.complete();
      return;
    }
    String call = work == Work.ENCODE ? "EncoderClaim" : "UploaderClaim";
    JsonObject body =
        new JsonObject()
            .put("processInstance", instance)
            .put("maxSessions", MOST)
            .put("waitSeconds", 1);
    load.front()
        .ask(Request.post(PSM + call, body, PATIENCE), this::granted)
        .compose(
            reply ->
                Future.join(claims(reply).stream().map(this::meet).toList())
                    .map(met -> reply.unknown()))
        .onComplete(
            met ->
                load.vertx().setTimer(met.succeeded() && !met.result() ? 1 : 500, timer -> next()));
  }

  private void granted(Reply reply) {
    if (reply.sent()) {
      Ending ending = reply.good() ? Ending.ANSWERED : Ending.LOST;
      load.observe(new Asked(reply.span(), reply.node(), instance, work, ending, claims(reply)));
    }
  }

  private List<Claim> claims(Reply reply) {
    List<Claim> claims = new ArrayList<>();
    if (reply.good()) {
      for (Object each : reply.body().getJsonArray("Claims")) {
        JsonObject claim = (JsonObject) each;
        claims.add(
            new Claim(
                UUID.fromString(claim.getString("SessionId")),
                work,
                instance,
                Objects.requireNonNull(
                    Claimant.of(instance, claim.getString("ClaimToken")).token()),
                Instant.parse(claim.getString("LeaseUntil")).toEpochMilli(),
                claim.getInteger("Attempt")));
      }
    }
    return claims;
  }

  private Future<?> meet(Claim claim) {
    int chance = ThreadLocalRandom.current().nextInt(100);
    if (chance < 4) {
      return Future.succeededFuture();
    }
    if (chance < 8) {
      return say(claim, Word.HAND_BACK, false);
    }
    if (chance < 12) {
      return say(claim, Word.FAILED, false);
    }
    return say(claim, Word.RENEW, false).compose(renewed -> say(claim, Word.DONE, false));
  }

  private Future<?> say(Claim claim, Word word, boolean again) {
    JsonObject body =
        new JsonObject()
            .put("processInstance", instance)
            .put("claimToken", claim.claimToken())
            .put(word == Word.RENEW ? "session" : "privSessionId", claim.sessionId().toString());
    Request request =
        switch (word) {
          case RENEW -> Request.post(PSM + "Polling", body, PATIENCE);
          case HAND_BACK -> Request.post(PSM + "ReleaseClaim", body, PATIENCE);
          case WRITE, DONE, FAILED ->
              new Request(
                  HttpMethod.PUT,
                  PSM + "UpdateRecordingProcessStatus",
                  body.put("recordingStatus", reported(word).wireName()),
                  PATIENCE);
        };
    boolean[] sentBefore = {again};
    return load.front()
        .ask(
            request,
            reply -> {
              spoke(claim, word, reply, sentBefore[0]);
              sentBefore[0] |= reply.sent();
            })
        .compose(
            reply ->
                reply.unknown()
                    ? load.vertx()
                        .timer(500, TimeUnit.MILLISECONDS)
                        .compose(later -> say(claim, word, sentBefore[0]))
                    : Future.succeededFuture());
  }

  private RecordingStage reported(Word word) {
    return word == Word.DONE ? work.done() : RecordingStage.FAILED;
  }

  private void spoke(Claim claim, Word word, Reply reply, boolean sentBefore) {
    if (reply.sent()) {
      load.observe(new Spoke(reply.span(), claim, word, answer(word, reply, sentBefore)));
    }
  }

  private Answer answer(Word word, Reply reply, boolean sentBefore) {
    if (reply.good()) {
      boolean moves = word != Word.RENEW;
      // The answer does not say whether it was so already.
      boolean repeated = moves ? sentBefore : !stillMine(reply);
      return repeated ? Answer.REPEATED : Answer.ACCEPTED;
    }
    if (!reply.unknown() && reply.status() != 409) {
      load.unexpected(instance + " said " + word + ": " + reply);
    }
    return reply.unknown() ? Answer.UNKNOWN : Answer.REFUSED;
  }

  private boolean stillMine(Reply reply) {
    RecordingStage mine = work == Work.ENCODE ? RecordingStage.ENCODING : RecordingStage.UPLOADING;
    return mine.wireName().equals(reply.body().getString("Stage"));
  }
}
