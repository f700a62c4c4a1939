package dev.curfew.outbound;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * What a target answered.
 *
 * @param body as far as it was read
 * @param whole whether that is all of it; the rest of a longer one is never read
 */
public record OutboundAnswer(int status, MultiMap headers, Buffer body, boolean whole) {
  /** Whether the target says that it has done what it was asked. */
  public boolean successful() {
    return status >= 200 && status < 300;
  }
}
