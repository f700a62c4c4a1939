package dev.curfew.outbound;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * Decides where a call may go. Unless private targets are allowed (setting {@code
 * webhooks.allow-private-targets}), every address of the target's name must be a public one.
 */
public final class TargetGuard {
  private static final int LONGEST_URL = 2_048;
  private static final int HIGHEST_PORT = 65_535;

  private final NameResolver names;
  private final boolean privateAllowed;

  public TargetGuard(NameResolver names, boolean privateAllowed) {
    this.names = names;
    this.privateAllowed = privateAllowed;
  }

  /** A guard that asks the machine's own resolver. */
  public static TargetGuard create(Vertx vertx, boolean privateAllowed) {
    return new TargetGuard(NameResolver.ofSystem(vertx), privateAllowed);
  }

  /**
   * Reads a URL, without looking up its host.
   *
   * @param field the field that it came in
   * @throws CurfewException INVALID_FIELD unless it is an absolute http or https URL with a host,
   *     without user, password and fragment
   */
  public static URI parse(String field, String text) {
    if (text.length() > LONGEST_URL) {
      throw CurfewException.invalid(field, "must be at most " + LONGEST_URL + " characters");
    }
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw CurfewException.invalid(field, "must be a URL");
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw CurfewException.invalid(field, "must be an http or https URL");
    }
    String host = url.getHost();
    if (host == null || host.isEmpty() || host.indexOf('%') >= 0) {
      throw CurfewException.invalid(field, "must name a host");
    }
    if (url.getPort() == 0 || url.getPort() > HIGHEST_PORT) {
      throw CurfewException.invalid(field, "must have a port from 1 to " + HIGHEST_PORT);
    }
    if (url.getRawUserInfo() != null) {
      throw CurfewException.invalid(field, "must not carry a user or password");
    }
    if (url.getRawFragment() != null) {
      throw CurfewException.invalid(field, "must not have a fragment");
    }
    return url;
  }

  /**
   * Checks a URL that somebody wants to configure.
   *
   * @param field the field that it came in
   * @return fails with INVALID_FIELD when it may not be called, or its host has no address
   */
  public Future<URI> admit(String field, String text) {
    URI url = parse(field, text);
    return names
        .resolve(Target.host(url))
        .recover(
            unknown ->
                Future.failedFuture(
                    CurfewException.invalid(field, "has a host that cannot be resolved")))
        .map(
            addresses -> {
              if (!allowed(addresses)) {
                throw CurfewException.invalid(field, "must not lead to a private address");
              }
              return url;
            });
  }

  /**
   * Finds where a call goes now.
   *
   * @return fails with FORBIDDEN when it may not go there, UNAVAILABLE when the host has no address
   */
  Future<Target> resolve(URI url) {
    return names
        .resolve(Target.host(url))
        .recover(
            unknown ->
                Future.failedFuture(
                    CurfewException.of(
                        ErrorCode.UNAVAILABLE, Target.host(url) + " cannot be resolved")))
        .map(
            addresses -> {
              if (!allowed(addresses)) {
                throw CurfewException.of(
                    ErrorCode.FORBIDDEN, Target.host(url) + " leads to a private address");
              }
              return new Target(url, addresses);
            });
  }

  /** One private address among public ones is reason enough: it is nothing a stranger needs. */
  private boolean allowed(List<InetAddress> addresses) {
    return !addresses.isEmpty()
        && (privateAllowed || addresses.stream().allMatch(AddressRules::isPublic));
  }
}
