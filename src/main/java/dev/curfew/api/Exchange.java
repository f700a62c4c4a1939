package dev.curfew.api;

import dev.curfew.auth.Principal;
import dev.curfew.config.CidrBlock;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request whose caller has been let in. */
public final class Exchange {
  private final RoutingContext context;
  private final @Nullable Principal principal;
  private final Fields body;
  private final List<CidrBlock> trustedProxies;
  private final Function<HttpServerRequest, Future<Principal>> authentication;

  Exchange(
      RoutingContext context,
      @Nullable Principal principal,
      JsonObject body,
      List<CidrBlock> trustedProxies,
      Function<HttpServerRequest, Future<Principal>> authentication) {
    this.context = context;
    this.principal = principal;
    this.body = new Fields(body);
    this.trustedProxies = trustedProxies;
    this.authentication = authentication;
  }

  /** Who asks; only on routes that need a credential. */
  public Principal principal() {
    Principal known = principal;
    if (known == null) {
      throw CurfewException.of(ErrorCode.UNAUTHENTICATED, "A credential is required");
    }
    return known;
  }

  /**
   * Who presents the usual credentials; for routes that decide by themselves whether they need any.
   *
   * @return fails with UNAUTHENTICATED
   */
  public Future<Principal> authenticate() {
    return authentication.apply(context.request());
  }

  public Fields body() {
    return body;
  }

  /** Where the client is, seen through trusted proxies. */
  public ClientAddress address() {
    return ClientAddress.of(context.request(), trustedProxies);
  }

  /** Whether the client came over TLS, seen through trusted proxies. */
  public boolean secure() {
    return ClientAddress.isSecure(context.request(), trustedProxies);
  }

  /**
   * The body as it came, on a route that reads it by itself.
   *
   * @return fails with TOO_LARGE
   */
  public Future<Buffer> bytes(long limit) {
    return BodyReader.read(context.request(), limit);
  }

  /** A promise that may be kept on any thread: whoever listens to it is on the request's own. */
  public <T> Promise<T> promise() {
    return ((ContextInternal) context.vertx().getOrCreateContext()).promise();
  }

  public HttpServerRequest request() {
    return context.request();
  }

  public HttpServerResponse response() {
    return context.response();
  }

  public RoutingContext context() {
    return context;
  }

  public @Nullable String header(String name) {
    return context.request().getHeader(name);
  }

  public String path(String name) {
    String value = context.pathParam(name);
    if (value == null || value.isEmpty() || value.indexOf('\0') >= 0) {
      throw CurfewException.invalid(name, "is required");
    }
    return value;
  }

  public UUID pathUuid(String name) {
    return Fields.uuid(name, path(name));
  }

  public long pathInteger(String name, long least, long most) {
    return integer(name, path(name), least, most);
  }

  public @Nullable String query(String name) {
    String value = context.request().getParam(name);
    if (value != null && value.indexOf('\0') >= 0) {
      throw CurfewException.invalid(name, "must not contain the NUL character");
    }
    return value == null || value.isEmpty() ? null : value;
  }

  /** Fails for a query parameter that is not one of these, naming it. */
  public void requireOnlyParameters(Set<String> known) {
    for (String parameter : context.queryParams().names()) {
      if (!known.contains(parameter)) {
        throw CurfewException.invalid(parameter, "is not a parameter of this call");
      }
    }
  }

  public @Nullable UUID queryUuid(String name) {
    String value = query(name);
    return value == null ? null : Fields.uuid(name, value);
  }

  public long queryInteger(String name, long otherwise, long least, long most) {
    String value = query(name);
    return value == null ? otherwise : integer(name, value, least, most);
  }

  /** Whether a parameter is {@code true}; without it, it is not. */
  public boolean queryFlag(String name) {
    String value = query(name);
    if (value != null && !value.equals("true") && !value.equals("false")) {
      throw CurfewException.invalid(name, "must be true or false");
    }
    return "true".equals(value);
  }

  /** A page size: 50 unless asked for, at most 500. */
  public int limit() {
    return (int) queryInteger("limit", 50, 1, 500);
  }

  private static long integer(String name, String text, long least, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw CurfewException.invalid(name, "must be a whole number from " + least + " to " + most);
    }
    throw CurfewException.invalid(name, "must be a whole number from " + least + " to " + most);
  }
}
