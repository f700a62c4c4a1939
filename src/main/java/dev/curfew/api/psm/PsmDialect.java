package dev.curfew.api.psm;

import dev.curfew.api.Answer;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.Operation;
import dev.curfew.auth.Scope;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Every call of the PSM dialect and what it needs. */
public final class PsmDialect implements Dialect {
  private static final String BASE = "/api/services/v1/secureaccessgateway";
  static final Buffer SUCCESS = new JsonObject().put("Result", "Success").toBuffer();

  /** What stands around the image or recording in its request. */
  private static final long ENVELOPE = 64 * 1024;

  private final Gateway gateway;

  public PsmDialect(Gateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public String name() {
    return "psm";
  }

  @Override
  public List<String> basePaths() {
    return List.of(BASE);
  }

  @Override
  public boolean caseInsensitive() {
    return true;
  }

  @Override
  public ErrorShape errors() {
    return (failure, request) ->
        error(failure.code().httpStatus(), failure.getMessage(), new JsonObject());
  }

  /** The dialect's error, with what a call adds to it. */
  static Answer error(int status, String message, JsonObject more) {
    return Answer.json(
        status, new JsonObject().put("StatusCode", status).put("Content", message).mergeIn(more));
  }

  static Answer success() {
    return Answer.json(200, SUCCESS.copy());
  }

  static CurfewException unknownSession() {
    return CurfewException.notFound("Session");
  }

  @Override
  public List<ApiRoute> routes() {
    CurfewConfig.Limits limits = gateway.config().limits();
    BodyRule json = BodyRule.json(limits.jsonBody().bytes());
    BodyRule image = BodyRule.json(inBase64(limits.screenshot().bytes()) + ENVELOPE);
    BodyRule recording = BodyRule.json(inBase64(limits.recordingChunk().bytes()) + ENVELOPE);

    GatewayCalls owner = new GatewayCalls(gateway);
    CaptureCalls capture = new CaptureCalls(gateway);
    WorkerCalls worker = new WorkerCalls(gateway);
    UtilityCalls utility = new UtilityCalls(gateway);

    Need writes = Need.scope(Scope.PSM_WRITE);
    Need reads = Need.scope(Scope.PSM_READ);
    List<ApiRoute> routes = new ArrayList<>();
    routes.add(
        post(
            "Polling",
            Need.scope(Scope.PSM_WRITE, Scope.RECORDING_ENCODE, Scope.RECORDING_UPLOAD),
            json,
            owner::poll));
    routes.add(post("UpdateSession", writes, json, owner::updateSession));
    routes.add(post("EndSession", writes, json, owner::endSession));
    routes.add(post("SaveClipboard", writes, json, capture::clipboard));
    routes.add(post("SaveKeyStrokes", writes, json, capture::keystrokes));
    routes.add(post("SaveScreenshot", writes, image, capture::screenshot));
    routes.add(post("SaveSessionRecording", writes, recording, capture::recording));
    routes.add(
        post("EncoderClaim", Need.scope(Scope.RECORDING_ENCODE), json, worker::claimToEncode));
    for (String spelling : List.of("UploderClaim", "UploaderClaim")) {
      routes.add(post(spelling, Need.scope(Scope.RECORDING_UPLOAD), json, worker::claimToUpload));
    }
    routes.add(post("GetRecordingProcessStatus", reads, json, worker::status));
    routes.add(
        new ApiRoute(
            HttpMethod.PUT,
            BASE + "/UpdateRecordingProcessStatus",
            Need.scope(Scope.RECORDING_ENCODE, Scope.RECORDING_UPLOAD),
            json,
            worker::updateStatus));
    routes.add(
        post(
            "ReleaseClaim",
            Need.scope(Scope.RECORDING_ENCODE, Scope.RECORDING_UPLOAD),
            json,
            worker::release));
    routes.add(
        ApiRoute.get(
            BASE + "/GetPAMSettings",
            Need.scope(Scope.PSM_READ, Scope.RECORDING_ENCODE, Scope.RECORDING_UPLOAD),
            utility::settings));
    routes.add(post("Checkin", Need.scope(Scope.CREDENTIAL_WRITE), json, utility::checkin));
    routes.add(
        post(
            "GetRemainingMinutesForCheckout",
            Need.scope(Scope.CREDENTIAL_READ),
            json,
            utility::remainingMinutes));
    routes.add(post("GetCredential", Need.scope(Scope.CREDENTIAL_READ), json, utility::credential));
    routes.add(post("JoinSession", Need.scope(Scope.SESSION_JOIN), json, utility::join));
    routes.add(post("RedeemJoinToken", writes, json, utility::redeem));
    routes.add(ApiRoute.get(BASE + "/GetUserPlatform", Need.CREDENTIAL, utility::platform));
    routes.add(
        post("GetUserPlatform", Need.CREDENTIAL, BodyRule.json(ENVELOPE), utility::platform));
    routes.add(ApiRoute.get(BASE + "/GetIP", Need.CREDENTIAL, utility::address));
    routes.add(post("GetIP", Need.CREDENTIAL, BodyRule.json(ENVELOPE), utility::address));
    return routes;
  }

  private static ApiRoute post(String name, Need need, BodyRule body, Operation operation) {
    return new ApiRoute(HttpMethod.POST, BASE + "/" + name, need, body, operation);
  }

  private static long inBase64(long bytes) {
    return (bytes + 2) / 3 * 4;
  }
}
