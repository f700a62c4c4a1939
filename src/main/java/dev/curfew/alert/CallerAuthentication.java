package dev.curfew.alert;

import dev.curfew.auth.Principal;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/**
 * Says who presents a credential, now or at any time later. Answers fail with UNAUTHENTICATED,
 * RATE_LIMITED or UNAVAILABLE.
 */
public interface CallerAuthentication {
  /** Who presents the credential of a request. */
  Future<Principal> authenticate(HttpServerRequest request);

  /**
   * Who presents a credential that did not come with a request of its own.
   *
   * @param address of who presents it
   */
  Future<Principal> authenticate(String credential, String address);

  /** Where a request comes from. */
  String address(HttpServerRequest request);
}
