package dev.curfew.api.pra;

import dev.curfew.api.Exchange;

/** Fields that several calls of the dialect have. */
final class PraFields {
  private PraFields() {}

  /** The user that the path names. */
  static long userId(Exchange exchange) {
    return exchange.pathInteger("user_id", 1, Integer.MAX_VALUE);
  }

  /** The user that the body names. */
  static long bodyUserId(Exchange exchange) {
    return exchange.body().integer("user_id", 1, Integer.MAX_VALUE);
  }
}
