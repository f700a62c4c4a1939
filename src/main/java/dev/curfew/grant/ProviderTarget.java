package dev.curfew.grant;

import dev.curfew.realm.ResourceSettings;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What rules have in common by where they go. */
public final class ProviderTarget {
  private ProviderTarget() {}

  /** Rules with the same lane wait for each other; a realm does not wait for another one. */
  static String lane(int realmId, ResourceSettings settings) {
    if (settings instanceof ResourceSettings.Webhook webhook) {
      return realmId + " " + webhook.applyUrl().getRawAuthority().toLowerCase(Locale.ROOT);
    }
    if (settings instanceof ResourceSettings.SecurityGroup group) {
      return realmId + " " + group.region() + " " + group.groupId() + " " + group.endpoint();
    }
    return "";
  }

  /**
   * The key of what the provider keeps once however many sessions want it; null where every rule is
   * its own.
   */
  public static @Nullable String sharedKey(ResourceSettings settings, String ipAddress) {
    return settings instanceof ResourceSettings.SecurityGroup group
        ? "aws %s %s %s %s %d-%d %s"
            .formatted(
                group.endpoint(),
                group.region(),
                group.groupId(),
                group.protocol(),
                group.fromPort(),
                group.toPort(),
                ipAddress)
        : null;
  }
}
