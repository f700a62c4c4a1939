package dev.curfew.signals;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a poll brings.
 *
 * @param tokens by their {@code jti}, the oldest first
 * @param moreAvailable whether there are more at once
 */
public record PolledTokens(Map<String, String> tokens, boolean moreAvailable) {
  /** Nothing. */
  public static final PolledTokens NONE = new PolledTokens(Map.of(), false);

  public PolledTokens {
    tokens = Collections.unmodifiableMap(new LinkedHashMap<>(tokens));
  }
}
