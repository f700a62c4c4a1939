package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.fault.CurfewException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** {@code .../serverinfo/*} and {@code .../serverinfo/version}: what clients ask for first. */
final class ServerInfoCalls {
  static final String ALL = "*";
  static final String VERSION = "version";

  /** Where the program was not packaged. */
  private static final String UNPACKAGED = "0.0.0";

  /** The time that all files of a package bear, so that a build can be repeated. */
  private static final String BUILT = "2026-January-01 00:00";

  private final RealmPaths realms;
  private final String cookieName;

  ServerInfoCalls(Gateway gateway, RealmPaths realms) {
    this.realms = realms;
    this.cookieName = gateway.config().am().cookieName();
  }

  Future<Answer> read(Exchange exchange) {
    AmCall call = AmCall.of(exchange, VersionedResource.SERVER_INFO);
    return realms
        .realm(call.realm())
        .map(
            realm ->
                Answer.ok(
                    switch (call.path().rest()) {
                      case ALL -> server(RealmPaths.pathOf(realm.name()), exchange.secure());
                      case VERSION -> version();
                      default -> throw CurfewException.notFound("Resource " + call.path().rest());
                    }));
  }

  private JsonObject server(String realm, boolean secure) {
    return new JsonObject()
        .put("_id", ALL)
        .put("_rev", Integer.toString((realm + cookieName + secure).hashCode()))
        .put("domains", new JsonArray())
        .put("protectedUserAttributes", new JsonArray())
        .put("cookieName", cookieName)
        .put("secureCookie", secure)
        .put("forgotPassword", "false")
        .put("forgotUsername", "false")
        .put("kbaEnabled", "false")
        .put("selfRegistration", "false")
        .put("lang", "en-US")
        .put("successfulUserRegistrationDestination", "default")
        .put("socialImplementations", new JsonArray())
        .put("referralsEnabled", "false")
        .put(
            "zeroPageLogin",
            new JsonObject()
                .put("enabled", true)
                .put("refererWhitelist", new JsonArray())
                .put("allowedWithoutReferer", true))
        .put("realm", realm)
        .put("xuiUserSessionValidationEnabled", true)
        .put("fileBasedConfiguration", false)
        .put("userIdAttributes", new JsonArray());
  }

  private static JsonObject version() {
    String packaged = ServerInfoCalls.class.getPackage().getImplementationVersion();
    String full = packaged == null ? UNPACKAGED : packaged;
    int suffix = full.indexOf('-');
    String number = suffix < 0 ? full : full.substring(0, suffix);
    return new JsonObject()
        .put("_id", VERSION)
        .put("_rev", Integer.toString(full.hashCode()))
        .put("version", number)
        .put("fullVersion", "Curfew " + full + " Build (" + BUILT + ")")
        .put("revision", full)
        .put("date", BUILT);
  }
}
