package dev.curfew.recording;

import dev.curfew.recording.Verification.BadPart;

/** Ends a verification: a part is missing or altered. */
final class BadPartFound extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient BadPart part;

  BadPartFound(String part, String reason) {
    super(part + " " + reason, null, false, false);
    this.part = new BadPart(part, reason);
  }

  BadPart part() {
    return part;
  }
}
