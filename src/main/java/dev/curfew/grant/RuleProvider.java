package dev.curfew.grant;

import dev.curfew.config.Secret;
import dev.curfew.store.RuleCall;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One kind of provider of resource rules. Both calls may be repeated without harm. */
interface RuleProvider {
  /** What came of applying a rule. */
  sealed interface Answer {
    /**
     * The provider holds the rule.
     *
     * @param providerRuleId what the provider calls it
     */
    record Applied(@Nullable String providerRuleId) implements Answer {}

    /**
     * The provider does not say that it holds the rule.
     *
     * @param message why, for the session's user: no secret, no address of the inside
     * @param mayHold whether it may hold it all the same
     */
    record Refused(String message, boolean mayHold) implements Answer {}
  }

  /**
   * Applies a rule.
   *
   * @param secret of the resource's settings
   * @return a failure counts as refused, and as one that may hold
   */
  Future<Answer> apply(RuleCall rule, Optional<Secret> secret);

  /**
   * Removes a rule; one that the provider does not have is removed.
   *
   * @param secret of the resource's settings
   * @return fails unless the provider is known not to hold it any more
   */
  Future<Void> remove(RuleCall rule, Optional<Secret> secret);
}
