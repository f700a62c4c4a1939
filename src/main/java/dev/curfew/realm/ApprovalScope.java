package dev.curfew.realm;

import java.util.Locale;
import java.util.Optional;

/** Whom an approval serves. */
public enum ApprovalScope {
  /** Its requestor alone. */
  REQUESTOR,
  /** Anyone who asks for the same item within its time, while its session lives. */
  ANYONE;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<ApprovalScope> ofWireName(String name) {
    for (ApprovalScope scope : values()) {
      if (scope.wireName().equals(name)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }
}
