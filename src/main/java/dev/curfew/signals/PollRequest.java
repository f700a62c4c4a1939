package dev.curfew.signals;

import java.util.List;
import java.util.Map;

/**
 * What a receiver says when it polls (RFC 8936, section 2.2).
 *
 * @param maxEvents most tokens wanted; 0 for none
 * @param returnImmediately whether not to wait where there are none
 * @param acknowledged {@code jti} of tokens that it has
 * @param errors {@code jti} of tokens that it refuses, with what is wrong with them
 */
public record PollRequest(
    int maxEvents,
    boolean returnImmediately,
    List<String> acknowledged,
    Map<String, String> errors) {
  public PollRequest {
    acknowledged = List.copyOf(acknowledged);
    errors = Map.copyOf(errors);
  }
}
