package dev.curfew.contract;

/** What was exchanged is not what the contract says. The message names the place and the rule. */
public final class ContractViolation extends AssertionError {
  private static final long serialVersionUID = 1L;

  ContractViolation(String message) {
    super(message);
  }
}
