package dev.curfew.store;

/** What came of asking to call a provider about a rule. */
public sealed interface RuleClaim {
  /** The caller calls, and reports the result. */
  record Granted(RuleCall call) implements RuleClaim {}

  /** Another call about this rule, or about one that shares its key, is under way. */
  record Busy() implements RuleClaim {}

  /** Removals have failed and the next is not due yet. */
  record NotDue() implements RuleClaim {}

  /** There is nothing to call for. */
  record Settled() implements RuleClaim {}
}
