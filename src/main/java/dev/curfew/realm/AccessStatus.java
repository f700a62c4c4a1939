package dev.curfew.realm;

import dev.curfew.session.EndReason;
import dev.curfew.session.SessionKind;
import java.util.List;
import java.util.Optional;

/**
 * Where an access session stands: what its own state and the states of its resource rules come to.
 *
 * <p>{@code PENDING -> ACTIVE | PARTIAL | FAILED}, then {@code EXPIRING -> EXPIRED | CANCELLED}. A
 * session of which every rule failed is ended at once and stays FAILED, so that nobody takes it for
 * access.
 */
public enum AccessStatus {
  /** Not begun, or a rule has not been answered yet. */
  PENDING,
  /** All rules hold. */
  ACTIVE,
  /** Some rules hold, some failed. */
  PARTIAL,
  /** No rule holds. */
  FAILED,
  /** Over, and its rules are being removed. */
  EXPIRING,
  EXPIRED,
  CANCELLED;

  public static Optional<AccessStatus> ofName(String name) {
    for (AccessStatus status : values()) {
      if (status.name().equals(name)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  /** Whether a session that stands so may be extended. */
  public boolean extendable() {
    return this == ACTIVE || this == PARTIAL;
  }

  /**
   * @param rules of this session
   */
  public static AccessStatus of(SessionDetail session, List<ResourceRule> rules) {
    if (session.kind() == SessionKind.ACCESS && session.reason() == EndReason.DENIED) {
      return FAILED;
    }
    return switch (session.state()) {
      case APPROVED -> PENDING;
      case ACTIVE -> ofLive(rules);
      case ENDING -> EXPIRING;
      case ENDED -> session.reason() == EndReason.EXPIRED ? EXPIRED : CANCELLED;
    };
  }

  private static AccessStatus ofLive(List<ResourceRule> rules) {
    if (count(rules, ResourceRule.Status.PENDING) > 0) {
      return PENDING;
    }
    long failed = count(rules, ResourceRule.Status.FAILED);
    if (failed == 0) {
      return ACTIVE;
    }
    return failed == rules.size() ? FAILED : PARTIAL;
  }

  private static long count(List<ResourceRule> rules, ResourceRule.Status status) {
    return rules.stream().filter(rule -> rule.status() == status).count();
  }
}
