package dev.curfew.bus;

import dev.curfew.lease.Claim;
import java.util.List;

/** The answer to a claim of another member. */
public record ClaimsGranted(List<Claim> claims) {
  public static final ClaimsGranted NONE = new ClaimsGranted(List.of());

  public ClaimsGranted {
    claims = List.copyOf(claims);
  }
}
