package dev.curfew.bus;

import dev.curfew.lease.Work;
import java.util.UUID;

/** What a member that hands out no claims itself asks of one that does. */
public sealed interface ClaimQuestion {
  /** Names the claim, so that it can be withdrawn. */
  UUID id();

  /**
   * Claims what is ready now.
   *
   * @param instance the worker's name
   * @param most how many recordings at most
   */
  record Ask(UUID id, Work work, String instance, int most) implements ClaimQuestion {}

  /**
   * The answer to a claim did not come: what was or will be granted to it is given back. Answered
   * with nothing.
   */
  record Withdraw(UUID id) implements ClaimQuestion {}
}
