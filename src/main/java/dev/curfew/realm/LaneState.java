package dev.curfew.realm;

import java.util.Locale;

/** Whether what a lane holds is sent. */
public enum LaneState {
  /** Yes. */
  ENABLED,
  /** Not until somebody resumes it; what happens meanwhile is sent then. */
  PAUSED,
  /** As paused, but by the target's wish or an administrator's. */
  DISABLED;

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static LaneState ofWireName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
