package dev.curfew.api.admin;

import dev.curfew.api.ApiRoute;
import dev.curfew.api.BodyRule;
import dev.curfew.api.Dialect;
import dev.curfew.api.ErrorShape;
import dev.curfew.api.Gateway;
import dev.curfew.api.Need;
import dev.curfew.api.Operation;
import dev.curfew.api.PlainErrors;
import dev.curfew.auth.Scope;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;

/** Every call of the administration and what it needs. */
public final class AdminDialect implements Dialect {
  private static final String ADMIN = "/api/v1/admin";
  private static final Need CHANGES = Need.scope(Scope.ADMIN);
  private static final Need READS = Need.scope(Scope.ADMIN, Scope.AUDIT_READ);

  private final Gateway gateway;
  private final BodyRule json;

  public AdminDialect(Gateway gateway) {
    this.gateway = gateway;
    this.json = BodyRule.json(gateway.config().limits().jsonBody().bytes());
  }

  @Override
  public String name() {
    return "admin";
  }

  @Override
  public List<String> basePaths() {
    return List.of("/api/v1");
  }

  @Override
  public ErrorShape errors() {
    return PlainErrors.SHAPE;
  }

  @Override
  public List<ApiRoute> routes() {
    List<ApiRoute> routes = new ArrayList<>();
    directory(routes);
    sessions(routes);
    checkouts(routes);
    recordings(routes);
    events(routes);
    audit(routes);
    routes.add(
        ApiRoute.get(ADMIN + "/storage", Need.scope(Scope.ADMIN), new StorageCalls(gateway)::show));
    routes.add(read("/cluster", new ClusterCalls(gateway)::show));
    return routes;
  }

  private void audit(List<ApiRoute> routes) {
    AuditCalls audit = new AuditCalls(gateway);
    routes.add(read("/audit/seals", audit::seals));
    routes.add(new ApiRoute(HttpMethod.POST, ADMIN + "/audit/verify", READS, json, audit::verify));
  }

  private void events(List<ApiRoute> routes) {
    EventCalls events = new EventCalls(gateway);
    Need reads = Need.scope(Scope.SESSIONS_READ, Scope.AUDIT_READ, Scope.ADMIN);
    routes.add(ApiRoute.get("/api/v1/events", reads, events::poll));
    routes.add(ApiRoute.get("/api/v1/events/stream", reads, events::stream));
  }

  private void directory(List<ApiRoute> routes) {
    RealmCalls realms = new RealmCalls(gateway);
    routes.add(change(HttpMethod.POST, "/realms", realms::create));
    routes.add(read("/realms", realms::list));
    routes.add(change(HttpMethod.PATCH, "/realms/:name", realms::change));

    UserCalls users = new UserCalls(gateway);
    routes.add(change(HttpMethod.POST, "/users", users::create));
    routes.add(read("/users", users::list));
    routes.add(read("/users/:id", users::show));
    routes.add(change(HttpMethod.PATCH, "/users/:id", users::change));
    routes.add(change(HttpMethod.DELETE, "/users/:id", users::delete));

    PolicyCalls policies = new PolicyCalls(gateway);
    routes.add(change(HttpMethod.POST, "/policies", policies::create));
    routes.add(read("/policies", policies::list));
    routes.add(read("/policies/:id", policies::show));
    routes.add(change(HttpMethod.PUT, "/policies/:id", policies::replace));
    routes.add(change(HttpMethod.POST, "/jump-items", policies::bindJumpItem));

    OauthClientCalls clients = new OauthClientCalls(gateway);
    routes.add(change(HttpMethod.POST, "/oauth-clients", clients::create));
    routes.add(read("/oauth-clients", clients::list));
    routes.add(change(HttpMethod.DELETE, "/oauth-clients/:id", clients::revoke));
    CredentialCalls credentials = new CredentialCalls(gateway);
    routes.add(change(HttpMethod.POST, "/credentials", credentials::create));
    routes.add(read("/credentials", credentials::list));
    routes.add(change(HttpMethod.DELETE, "/credentials/:id", credentials::delete));

    ResourceCalls resources = new ResourceCalls(gateway);
    routes.add(change(HttpMethod.POST, "/resources", resources::create));
    routes.add(read("/resources", resources::list));
  }

  private void sessions(List<ApiRoute> routes) {
    SessionCalls sessions = new SessionCalls(gateway);
    routes.add(change(HttpMethod.POST, "/sessions", sessions::open));
    routes.add(read("/sessions", sessions::list));
    routes.add(read("/sessions/:id", sessions::show));
    routes.add(change(HttpMethod.POST, "/sessions/:id/revoke", sessions::revoke));
    routes.add(change(HttpMethod.POST, "/sessions/:id/extend", sessions::extend));
    routes.add(change(HttpMethod.POST, "/sessions/:id/activate", sessions::activate));
  }

  private void checkouts(List<ApiRoute> routes) {
    CheckoutCalls checkouts = new CheckoutCalls(gateway);
    String path = "/api/v1/checkouts";
    Need lends = Need.scope(Scope.CREDENTIAL_READ);
    routes.add(new ApiRoute(HttpMethod.POST, path, lends, json, checkouts::open));
    routes.add(ApiRoute.get(path + "/:id", lends, checkouts::show));
    routes.add(
        new ApiRoute(
            HttpMethod.POST,
            path + "/:id/checkin",
            Need.scope(Scope.CREDENTIAL_WRITE),
            json,
            checkouts::checkin));
  }

  private void recordings(List<ApiRoute> routes) {
    RecordingCalls recordings = new RecordingCalls(gateway);
    String path = "/api/v1/recordings";
    String one = path + "/:sessionId";
    Need views = Need.scope(Scope.RECORDING_READ, Scope.ADMIN);
    Need works =
        Need.scope(
            Scope.RECORDING_READ, Scope.RECORDING_ENCODE, Scope.RECORDING_UPLOAD, Scope.ADMIN);
    routes.add(ApiRoute.get(path, views, recordings::list));
    routes.add(ApiRoute.get(one, works, recordings::show));
    routes.add(ApiRoute.get(one + "/video", views, recordings::video));
    routes.add(ApiRoute.get(one + "/timeline", views, recordings::timeline));
    routes.add(ApiRoute.get(one + "/captions.vtt", views, recordings::captions));
    routes.add(ApiRoute.get(one + "/thumbnail", views, recordings::thumbnail));
    routes.add(ApiRoute.get(one + "/asciicast", views, recordings::asciicast));
    routes.add(ApiRoute.get(one + "/verification", views, new VerificationCalls(gateway)::verify));
    routes.add(ApiRoute.get(one + "/raw", works, recordings::raw));
    routes.add(ApiRoute.get(one + "/chunks", works, recordings::chunks));
    routes.add(ApiRoute.get(one + "/chunks/:seq", works, recordings::chunk));
    routes.add(ApiRoute.get(one + "/artifacts/:kind", works, recordings::artifact));
    routes.add(
        new ApiRoute(
            HttpMethod.PUT,
            one + "/artifacts/:kind",
            Need.scope(Scope.RECORDING_ENCODE),
            BodyRule.STREAM,
            recordings::deliver));
    String administered = "/recordings/:sessionId";
    CustodyCalls custody = new CustodyCalls(gateway, recordings::json);
    routes.add(change(HttpMethod.POST, administered + "/retry", recordings::retry));
    routes.add(change(HttpMethod.POST, administered + "/hold", custody::hold));
    routes.add(change(HttpMethod.POST, administered + "/release", custody::release));
    routes.add(change(HttpMethod.DELETE, administered, custody::delete));
  }

  private ApiRoute change(HttpMethod method, String path, Operation operation) {
    return new ApiRoute(
        method,
        ADMIN + path,
        CHANGES,
        method == HttpMethod.DELETE ? BodyRule.NONE : json,
        operation);
  }

  private static ApiRoute read(String path, Operation operation) {
    return ApiRoute.get(ADMIN + path, READS, operation);
  }
}
