package dev.curfew.api.ssf;

import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.fault.CurfewException;
import java.util.UUID;

/**
 * Streams as requests name them. Their ids mean nothing to receivers, so one that cannot be any is
 * unknown like any other.
 */
final class StreamIds {
  private static final String FIELD = "stream_id";
  private static final int LONGEST = 256;

  private StreamIds() {}

  static UUID ofBody(Fields body) {
    return parsed(body.text(FIELD, LONGEST));
  }

  static UUID ofQuery(Exchange exchange) {
    String text = exchange.query(FIELD);
    if (text == null) {
      throw CurfewException.invalid(FIELD, "is required");
    }
    return parsed(text);
  }

  static UUID parsed(String text) {
    try {
      if (text.length() == 36) {
        return UUID.fromString(text);
      }
    } catch (IllegalArgumentException notOne) {
      throw CurfewException.notFound("The stream");
    }
    throw CurfewException.notFound("The stream");
  }
}
