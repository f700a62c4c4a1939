package dev.curfew.realm;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Something that access sessions open the way to.
 *
 * @param users who may reach it; empty when everybody of the realm may
 */
public record Resource(
    UUID id,
    int realmId,
    String name,
    ResourceSettings settings,
    List<UUID> users,
    long createdAt) {

  /** Where a resource's rules are applied. */
  public enum Provider {
    /** Nowhere: the rule is on record only. */
    NONE,
    WEBHOOK,
    AWS_SECURITY_GROUP;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Provider> ofWireName(String name) {
      for (Provider provider : values()) {
        if (provider.wireName().equals(name)) {
          return Optional.of(provider);
        }
      }
      return Optional.empty();
    }
  }

  /** Where its rules are applied. */
  public Provider provider() {
    return settings.provider();
  }

  public Resource {
    users = List.copyOf(users);
  }
}
