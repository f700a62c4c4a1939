package dev.curfew.api.psm;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Scope;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.directory.Checkouts;
import dev.curfew.directory.JoinRequest;
import dev.curfew.directory.JoinTicket;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/** Settings, checkouts, joining, and what a client may ask about itself. */
final class UtilityCalls {
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:[0-9]{1,5})?");

  private static final int LONGEST_TOKEN = 128;

  private final Gateway gateway;

  UtilityCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> settings(Exchange exchange) {
    CurfewConfig.Psm psm = gateway.config().psm();
    Principal caller = exchange.principal();
    String key =
        caller.has(Scope.RECORDING_ENCRYPT)
            ? psm.encryptionKey().map(Secret::reveal).orElse(null)
            : null;
    return Future.succeededFuture(
        Answer.ok(
            new JsonObject()
                .put("PSMStorageMode", gateway.config().storageMode().toString())
                .put("PSMEncodingEnabled", psm.encodingEnabled())
                .put("PSMEncryptionKey", key)
                .put("PSMRecordKeyStrokes", psm.recordKeystrokes())
                .put("PSMCaptureClipboard", psm.captureClipboard())));
  }

  Future<Answer> checkin(Exchange exchange) {
    long id = checkoutId(exchange.body());
    return gateway
        .directory()
        .checkouts()
        .checkin(exchange.principal(), id)
        .map(
            checkout ->
                Answer.ok(
                    new JsonObject()
                        .put("Result", "Success")
                        .put("Message", "Checkout " + id + " is checked in")))
        .recover(
            failure ->
                failure instanceof CurfewException known && known.code() == ErrorCode.NOT_FOUND
                    ? Future.succeededFuture(unknownCheckout(id))
                    : Future.failedFuture(failure));
  }

  private static Answer unknownCheckout(long id) {
    String message = "Checkout " + id + " not found";
    return PsmDialect.error(
        404, message, new JsonObject().put("Result", "Failure").put("Message", message));
  }

  private static long checkoutId(Fields body) {
    return Checkouts.id("checkOutId", body.id("checkOutId"));
  }

  Future<Answer> remainingMinutes(Exchange exchange) {
    return gateway
        .directory()
        .checkouts()
        .remainingMinutes(exchange.principal(), checkoutId(exchange.body()))
        .map(minutes -> Answer.ok(new JsonObject().put("RemainingMinutes", minutes)));
  }

  Future<Answer> credential(Exchange exchange) {
    UUID session = exchange.body().uuid("session");
    return gateway
        .directory()
        .credentials()
        .readFor(exchange.principal(), session)
        .map(
            secret ->
                Answer.ok(
                    new JsonObject()
                        .put("UserName", secret.username())
                        .put("Password", secret.password().reveal())));
  }

  Future<Answer> join(Exchange exchange) {
    Fields body = exchange.body();
    UUID session = body.uuid("PrivSessionID");
    String host = body.text("GatewayServerAddress", 255);
    if (!HOST.matcher(host).matches()) {
      throw CurfewException.invalid("GatewayServerAddress", "must be a host, with or without port");
    }
    JoinRequest request =
        new JoinRequest(host, number(body, "Width"), number(body, "Height"), number(body, "Dpi"));
    return gateway
        .directory()
        .joinTokens()
        .issue(exchange.principal(), session, request)
        .map(ticket -> Answer.json(200, Json.encodeToBuffer(url(ticket))));
  }

  /** A gateway exchanges the token of a join URL for what it was issued for. */
  Future<Answer> redeem(Exchange exchange) {
    Secret token = Secret.of(exchange.body().text("token", LONGEST_TOKEN));
    return gateway
        .directory()
        .joinTokens()
        .redeem(exchange.principal(), token)
        .map(
            ticket ->
                Answer.ok(
                    new JsonObject()
                        .put("PrivSessionID", ticket.sessionId().toString())
                        .put("GatewayServerAddress", ticket.request().gateway())
                        .put("Width", Integer.toString(ticket.request().width()))
                        .put("Height", Integer.toString(ticket.request().height()))
                        .put("Dpi", Integer.toString(ticket.request().dpi()))));
  }

  private static String url(JoinTicket ticket) {
    JoinRequest request = ticket.request();
    return "https://"
        + request.gateway()
        + "/join/"
        + ticket.sessionId()
        + "?width="
        + request.width()
        + "&height="
        + request.height()
        + "&dpi="
        + request.dpi()
        + "&token="
        + URLEncoder.encode(ticket.token().reveal(), StandardCharsets.UTF_8);
  }

  /** The origin's clients send numbers as strings. */
  private static int number(Fields body, String field) {
    String text = body.id(field);
    if (!text.matches("[1-9][0-9]{0,4}")) {
      throw CurfewException.invalid(field, "must be a number from 1 to 99999");
    }
    return Integer.parseInt(text);
  }

  Future<Answer> platform(Exchange exchange) {
    String platform = Platforms.of(exchange.header("User-Agent"));
    return Future.succeededFuture(Answer.ok(new JsonObject().put("Platform", platform)));
  }

  Future<Answer> address(Exchange exchange) {
    Buffer body = new JsonObject().put("IP", exchange.address().text()).toBuffer();
    return Future.succeededFuture(Answer.json(200, body));
  }
}
