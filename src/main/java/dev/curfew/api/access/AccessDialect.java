package dev.curfew.api.access;

import dev.curfew.api.Answer;
import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.ClientAddress;
import dev.curfew.api.Dialect;
import dev.curfew.api.Durations;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.PlainErrors;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Scope;
import dev.curfew.directory.PageRequest;
import dev.curfew.directory.SessionFilter;
import dev.curfew.directory.SessionRequest;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.AccessStatus;
import dev.curfew.realm.ResourceRule;
import dev.curfew.realm.SessionDetail;
import dev.curfew.session.SessionKind;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Every call of the access dialect and what it needs. */
public final class AccessDialect implements Dialect {
  private static final String SESSIONS = "/api/v1/sessions";
  private static final String KEYS = "/api/v1/api-keys";
  private static final String AUTH = "/api/v1/auth";
  private static final String JWKS = "/.well-known/jwks.json";

  private final Gateway gateway;
  private final ApiKeyCalls keys;
  private final AuthCalls auth;

  public AccessDialect(Gateway gateway) {
    this.gateway = gateway;
    this.keys = new ApiKeyCalls(gateway);
    this.auth = new AuthCalls(gateway);
  }

  @Override
  public String name() {
    return "access";
  }

  @Override
  public List<String> basePaths() {
    return List.of(SESSIONS, KEYS, AUTH, JWKS);
  }

  @Override
  public ErrorShape errors() {
    return PlainErrors.SHAPE;
  }

  @Override
  public List<ApiRoute> routes() {
    BodyRule json = BodyRule.json(gateway.config().limits().jsonBody().bytes());
    Need reads = Need.scope(Scope.SESSIONS_READ);
    Need writes = Need.scope(Scope.SESSIONS_WRITE);
    Need admin = Need.scope(Scope.ADMIN);
    return List.of(
        new ApiRoute(HttpMethod.POST, SESSIONS, writes, json, this::start),
        ApiRoute.get(SESSIONS, reads, this::own),
        ApiRoute.get(
            SESSIONS + "/admin",
            Need.scope(Scope.ADMIN, Scope.SESSIONS_READ, Scope.AUDIT_READ),
            this::all),
        new ApiRoute(
            HttpMethod.POST,
            SESSIONS + "/admin/:id/stop",
            Need.scope(Scope.ADMIN, Scope.SESSIONS_WRITE),
            json,
            this::stopAsAdministrator),
        ApiRoute.get(SESSIONS + "/:id", reads, this::show),
        new ApiRoute(HttpMethod.POST, SESSIONS + "/:id/extend", writes, json, this::extend),
        new ApiRoute(HttpMethod.POST, SESSIONS + "/:id/stop", writes, json, this::stop),
        ApiRoute.get(KEYS, admin, keys::list),
        new ApiRoute(HttpMethod.POST, KEYS, admin, json, keys::create),
        new ApiRoute(HttpMethod.DELETE, KEYS + "/:id", admin, BodyRule.NONE, keys::revoke),
        new ApiRoute(
            HttpMethod.POST, AUTH + "/login", Need.own("name and password"), json, auth::login),
        new ApiRoute(
            HttpMethod.POST, AUTH + "/refresh", Need.own("a refresh token"), json, auth::refresh),
        new ApiRoute(
            HttpMethod.POST,
            AUTH + "/logout",
            Need.own("a refresh token, or else the usual credential, which must be a login's"),
            json,
            auth::logout),
        ApiRoute.get(JWKS, Need.NOTHING, auth::keys));
  }

  private Future<Answer> start(Exchange exchange) {
    Fields body = exchange.body();
    SessionKind kind = body.has("kind") ? kind(body) : SessionKind.ACCESS;
    Long policy = body.optionalInteger("policy", 1, Integer.MAX_VALUE);
    ClientAddress peer = exchange.address();
    String ipv4 = address(body, "ipv4Address", false);
    String ipv6 = address(body, "ipv6Address", true);
    if (ipv4 == null && ipv6 == null) {
      ipv4 = peer.isIpv6() ? null : peer.text();
      ipv6 = peer.isIpv6() ? peer.text() : null;
    }
    SessionRequest wanted =
        SessionRequest.of(kind)
            .forUser(body.optionalId("userId"))
            .lasting(duration(body))
            .underPolicy(policy == null ? null : policy.intValue())
            .from(ipv4, ipv6)
            .reaching(body.optionalText("resource", 256));
    return gateway
        .directory()
        .sessionOpenings()
        .open(exchange.principal(), wanted)
        .compose(session -> answer(201, session));
  }

  static SessionKind kind(Fields body) {
    String name = body.text("kind", 32);
    return SessionKind.ofWireName(name)
        .filter(kind -> kind != SessionKind.TOKEN)
        .orElseThrow(
            () ->
                CurfewException.invalid(
                    "kind", "must be one of psm, jump, access, device_admin, timed_access"));
  }

  private static @Nullable Duration duration(Fields body) {
    if (body.has("durationHours") && body.has("durationSeconds")) {
      throw CurfewException.invalid(
          "durationSeconds", "must not be given together with durationHours");
    }
    return body.has("durationHours")
        ? Durations.hours(body, "durationHours")
        : Durations.seconds(body, "durationSeconds");
  }

  private static @Nullable String address(Fields body, String field, boolean ipv6) {
    String text = body.optionalText(field, 64);
    boolean valid =
        text == null
            || (ipv6 ? NetUtil.isValidIpV6Address(text) : NetUtil.isValidIpV4Address(text));
    if (!valid) {
      throw CurfewException.invalid(field, "must be an " + (ipv6 ? "IPv6" : "IPv4") + " address");
    }
    return text;
  }

  private Future<Answer> own(Exchange exchange) {
    return gateway
        .directory()
        .sessionReads()
        .own(exchange.principal(), filter(exchange), page(exchange))
        .compose(page -> answer(page.items()));
  }

  private Future<Answer> all(Exchange exchange) {
    return gateway
        .directory()
        .sessionReads()
        .list(exchange.principal(), filter(exchange).ofUser(exchange.query("user")), page(exchange))
        .compose(page -> answer(page.items()));
  }

  /** In this dialect a page follows the last session of the one before. */
  private static PageRequest page(Exchange exchange) {
    UUID after = exchange.queryUuid("after");
    int limit = exchange.limit();
    return after == null ? new PageRequest(limit, null) : PageRequest.behind(limit, after);
  }

  private static SessionFilter filter(Exchange exchange) {
    String status = exchange.query("status");
    if (status == null) {
      return SessionFilter.ALL;
    }
    return SessionFilter.ALL.standing(
        AccessStatus.ofName(status)
            .orElseThrow(
                () ->
                    CurfewException.invalid(
                        "status",
                        "must be one of PENDING, ACTIVE, PARTIAL, FAILED, EXPIRING, EXPIRED,"
                            + " CANCELLED")));
  }

  private Future<Answer> show(Exchange exchange) {
    return gateway
        .directory()
        .sessionReads()
        .get(exchange.principal(), exchange.pathUuid("id"), Authorisation.Intent.READ)
        .compose(session -> answer(200, session));
  }

  private Future<Answer> extend(Exchange exchange) {
    Fields body = exchange.body();
    if (body.has("additionalHours") && body.has("additionalSeconds")) {
      throw CurfewException.invalid(
          "additionalSeconds", "must not be given together with additionalHours");
    }
    Duration additional =
        body.has("additionalSeconds")
            ? Durations.seconds(body, "additionalSeconds")
            : Durations.hours(body, "additionalHours");
    if (additional == null) {
      throw CurfewException.invalid("additionalHours", "is required");
    }
    UUID id = exchange.pathUuid("id");
    return gateway
        .directory()
        .sessionReads()
        .get(exchange.principal(), id, Authorisation.Intent.CHANGE)
        .compose(this::requireExtendable)
        .compose(
            extendable ->
                gateway.directory().sessionChanges().extend(exchange.principal(), id, additional))
        .compose(session -> answer(200, session));
  }

  private Future<Void> requireExtendable(SessionDetail session) {
    return gateway
        .directory()
        .resources()
        .rulesOf(List.of(session.id()))
        .map(
            rules -> {
              AccessStatus status = AccessStatus.of(session, rulesOf(rules, session));
              if (!status.extendable()) {
                throw CurfewException.of(
                    ErrorCode.WRONG_STATE,
                    "Session is not in an extendable state: it is " + status);
              }
              return null;
            });
  }

  private Future<Answer> stop(Exchange exchange) {
    return gateway
        .directory()
        .sessionChanges()
        .stop(exchange.principal(), exchange.pathUuid("id"))
        .compose(session -> answer(200, session));
  }

  private Future<Answer> stopAsAdministrator(Exchange exchange) {
    return gateway
        .directory()
        .sessionChanges()
        .stopAsAdministrator(exchange.principal(), exchange.pathUuid("id"))
        .compose(session -> answer(200, session));
  }

  private Future<Answer> answer(int status, SessionDetail session) {
    return gateway
        .directory()
        .resources()
        .rulesOf(List.of(session.id()))
        .map(rules -> Answer.json(status, SessionResponse.of(session, rulesOf(rules, session))));
  }

  private Future<Answer> answer(List<SessionDetail> sessions) {
    return gateway
        .directory()
        .resources()
        .rulesOf(sessions.stream().map(SessionDetail::id).toList())
        .map(
            rules -> {
              JsonArray array = new JsonArray();
              for (SessionDetail session : sessions) {
                array.add(SessionResponse.of(session, rulesOf(rules, session)));
              }
              return Answer.ok(array);
            });
  }

  private static List<ResourceRule> rulesOf(
      Map<UUID, List<ResourceRule>> rules, SessionDetail session) {
    return rules.getOrDefault(session.id(), List.of());
  }
}
