package dev.curfew.api.ssf;

import java.util.UUID;

/**
 * Where the transmitter's endpoints are, as receivers are told.
 *
 * @param issuer URL of this installation, by which its clients reach it
 */
record Endpoints(String issuer) {
  /** The issuer without a slash at its end. */
  String base() {
    return issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
  }

  String of(String path) {
    return base() + path;
  }

  /** Where the tokens of a stream are fetched. */
  String poll(UUID streamId) {
    return of(SsfDialect.POLL + "/" + streamId);
  }
}
