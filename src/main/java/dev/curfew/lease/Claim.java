package dev.curfew.lease;

import java.util.UUID;

/**
 * One recording, handed to one worker.
 *
 * @param owner the worker's instance name
 * @param token the fencing token: greater than that of every earlier claim of this recording
 * @param leaseUntil until when the worker is believed without a sign of life, epoch milliseconds
 * @param attempt how many times this work has been claimed, from 1
 */
public record Claim(
    UUID sessionId, Work work, String owner, long token, long leaseUntil, int attempt) {

  /** As whom the worker writes. */
  public Claimant claimant() {
    return new Claimant(owner, token);
  }

  /** The token as it is shown to other programs. */
  public String claimToken() {
    return Claimant.show(token);
  }
}
