package dev.curfew.api.psm;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Scope;
import dev.curfew.bus.Claims;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.lease.Work;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The calls of encoders and uploaders. */
final class WorkerCalls {
  private static final long MOST_CHUNKS = 1_000_000_000_000L;
  private static final int MOST_CLAIMED = 1_000;
  private static final int LONGEST_WAIT_SECONDS = 300;
  private static final int MOST_ASKED = 1_000;
  private static final int LONGEST_REST_SECONDS = 3_600;

  private final Gateway gateway;

  WorkerCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> claimToEncode(Exchange exchange) {
    return claim(exchange, Work.ENCODE);
  }

  Future<Answer> claimToUpload(Exchange exchange) {
    return claim(exchange, Work.UPLOAD);
  }

  private Future<Answer> claim(Exchange exchange, Work work) {
    Fields body = exchange.body();
    String instance = GatewayCalls.instance(exchange);
    Authorisation.requireServesAllRealms(exchange.principal());
    Long most = body.optionalInteger("maxSessions", 1, MOST_CLAIMED);
    Long wait = body.optionalInteger("waitSeconds", 0, LONGEST_WAIT_SECONDS);
    Claims.Ticket ticket =
        gateway
            .claims()
            .claim(
                work,
                instance,
                most == null ? 1 : (int) Math.min(most, Claims.MOST),
                Duration.ofSeconds(wait == null ? 0 : wait));
    // Whoever has gone must not be left owning work that they never hear of.
    HttpServerResponse response = exchange.response();
    response.closeHandler(
        closed -> {
          // Streams of HTTP/2 are closed after every answer, too.
          if (!response.ended()) {
            ticket.cancel();
          }
        });
    return granted(exchange, ticket).map(this::claims);
  }

  /** What is granted before the node leaves; nothing, and nothing later either, after that. */
  private Future<List<Claim>> granted(Exchange exchange, Claims.Ticket ticket) {
    Promise<List<Claim>> told = exchange.promise();
    ticket.granted().onSuccess(told::tryComplete).onFailure(told::tryFail);
    gateway
        .departure()
        .endWith(
            told.future(),
            () -> {
              if (told.tryComplete(List.of())) {
                ticket.cancel();
              }
            });
    return told.future();
  }

  private Answer claims(List<Claim> granted) {
    long lease = gateway.config().recording().lease().toMillis();
    JsonArray ids = new JsonArray();
    JsonArray claims = new JsonArray();
    for (Claim claim : granted) {
      ids.add(claim.sessionId().toString());
      claims.add(
          new JsonObject()
              .put("SessionId", claim.sessionId().toString())
              .put("ClaimToken", claim.claimToken())
              .put("LeaseUntil", Times.iso(claim.leaseUntil()))
              .put("LeaseSeconds", lease / 1_000.0)
              .put("Attempt", claim.attempt()));
    }
    return Answer.ok(new JsonObject().put("SessionIds", ids).put("Claims", claims));
  }

  Future<Answer> status(Exchange exchange) {
    JsonArray asked = exchange.body().optionalArray("privSessionIds", MOST_ASKED);
    if (asked == null) {
      throw CurfewException.invalid("privSessionIds", "is required");
    }
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      String field = "privSessionIds[" + i + "]";
      if (!(asked.getValue(i) instanceof String text)) {
        throw CurfewException.invalid(field, "must be a UUID");
      }
      ids.add(Fields.uuid(field, text));
    }
    return gateway
        .directory()
        .sessionReads()
        .visible(exchange.principal(), ids)
        .compose(visible -> gateway.recordings().processStatus(List.copyOf(visible)))
        .map(stages -> Answer.ok(statuses(ids, stages)));
  }

  private static JsonArray statuses(List<UUID> ids, Map<UUID, RecordingStage> stages) {
    JsonArray answer = new JsonArray();
    for (UUID id : ids) {
      RecordingStage stage = stages.get(id);
      if (stage != null) {
        answer.add(
            new JsonObject()
                .put("PrivSessionID", id.toString())
                .put("RecordingStatus", stage.wireName()));
      }
    }
    return answer;
  }

  Future<Answer> updateStatus(Exchange exchange) {
    Fields body = exchange.body();
    UUID session = body.uuid("privSessionId");
    String instance = GatewayCalls.instance(exchange);
    RecordingStage to = stage(body);
    Claimant who = Claimant.of(instance, body.optionalText("claimToken", 64));
    StageDetails details =
        new StageDetails(
            body.optionalBool("sshLogsUploaded"),
            body.optionalText("recordingFormat", 32),
            body.optionalText("destination"),
            sha256(body),
            body.optionalText("failure"),
            body.optionalInteger("skippedChunks", 0, MOST_CHUNKS));
    Duration rest = rest(body);
    requireScopeFor(exchange.principal(), to);
    return gateway
        .recordings()
        .find(session)
        .compose(
            recording -> {
              Authorisation.requireRealmOrWorker(
                  exchange.principal(), recording.realmId(), "Session");
              return gateway.recordings().updateStatus(session, who, to, rest, details);
            })
        .map(reached -> PsmDialect.success())
        .recover(failure -> withStage(session, failure));
  }

  Future<Answer> release(Exchange exchange) {
    Fields body = exchange.body();
    UUID session = body.uuid("privSessionId");
    String instance = GatewayCalls.instance(exchange);
    Claimant who = Claimant.of(instance, body.optionalText("claimToken", 64));
    Duration rest = rest(body);
    String reason = body.optionalText("reason");
    return gateway
        .recordings()
        .find(session)
        .compose(
            recording -> {
              Authorisation.requireRealmOrWorker(
                  exchange.principal(), recording.realmId(), "Session");
              requireScopeFor(exchange.principal(), recording.stage());
              return gateway
                  .recordings()
                  .handBack(session, who, rest, reason == null ? "given back" : reason);
            })
        .map(reached -> PsmDialect.success())
        .recover(failure -> withStage(session, failure));
  }

  private static Duration rest(Fields body) {
    Long seconds = body.optionalInteger("retryAfterSeconds", 0, LONGEST_REST_SECONDS);
    return Duration.ofSeconds(seconds == null ? 0 : seconds);
  }

  private static @Nullable String sha256(Fields body) {
    String digest = body.optionalText("sha256", 64);
    if (digest != null && !digest.matches("[0-9a-fA-F]{64}")) {
      throw CurfewException.invalid("sha256", "must be 64 hexadecimal digits");
    }
    return digest;
  }

  private static RecordingStage stage(Fields body) {
    String name = body.text("recordingStatus", 32);
    for (RecordingStage stage : RecordingStage.values()) {
      if (stage.wireName().equalsIgnoreCase(name)) {
        return stage;
      }
    }
    throw CurfewException.invalid(
        "recordingStatus", "must be a stage such as Encoding or Done-Encoded");
  }

  private static void requireScopeFor(Principal principal, RecordingStage stage) {
    switch (stage) {
      case ENCODING, DONE_ENCODED -> Authorisation.requireScope(principal, Scope.RECORDING_ENCODE);
      case UPLOADING, DONE_UPLOADED ->
          Authorisation.requireScope(principal, Scope.RECORDING_UPLOAD);
      default ->
          Authorisation.requireAnyScope(principal, Scope.RECORDING_ENCODE, Scope.RECORDING_UPLOAD);
    }
  }

  /** A refusal is answered with the stage that the recording is in. */
  private Future<Answer> withStage(UUID session, Throwable failure) {
    if (!(failure instanceof CurfewException known)
        || known.code().category() != ErrorCode.Category.CONFLICT) {
      return Future.failedFuture(failure);
    }
    return gateway
        .recordings()
        .find(session)
        .map(
            recording ->
                PsmDialect.error(
                    409,
                    known.getMessage(),
                    new JsonObject().put("Stage", recording.stage().wireName())));
  }
}
