package dev.curfew.session;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What an organisation pays for; bounds the total duration of its sessions (access dialect). */
public enum Tier {
  FREE(Duration.ofHours(2)),
  BUSINESS(Duration.ofHours(24)),
  PREMIUM(Duration.ofHours(24)),
  ENTERPRISE(Duration.ofHours(24));

  private final Duration maxDuration;

  Tier(Duration maxDuration) {
    this.maxDuration = maxDuration;
  }

  /** The longest a session may last in all, counted from its start. */
  public Duration maxDuration() {
    return maxDuration;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** "Free", "Business", ...: as the access dialect's messages spell it. */
  public String displayName() {
    return name().charAt(0) + wireName().substring(1);
  }

  public static Optional<Tier> ofWireName(String name) {
    for (Tier tier : values()) {
      if (tier.wireName().equals(name)) {
        return Optional.of(tier);
      }
    }
    return Optional.empty();
  }
}
