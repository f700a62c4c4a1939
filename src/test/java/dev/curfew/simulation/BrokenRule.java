package dev.curfew.simulation;

import java.util.Locale;

/** A rule of the design, section 2, did not hold. */
final class BrokenRule extends AssertionError {
  private static final long serialVersionUID = 1;

  private BrokenRule(String message) {
    super(message);
  }

  /**
   * @param rule the number of the rule in the design; 0 for what is none of them but wrong
   */
  static void unless(boolean holds, int rule, String format, Object... values) {
    if (!holds) {
      throw of(rule, format, values);
    }
  }

  static BrokenRule of(int rule, String format, Object... values) {
    return new BrokenRule("rule " + rule + ": " + String.format(Locale.ROOT, format, values));
  }
}
