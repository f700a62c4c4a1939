package dev.curfew.realm;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What a resource's provider needs to know, without its secret. */
public sealed interface ResourceSettings {
  /** Rules of provider {@code none} are on record only. */
  record None() implements ResourceSettings {}

  /**
   * @param signed whether the calls are signed with a secret
   */
  record Webhook(URI applyUrl, URI removeUrl, boolean signed) implements ResourceSettings {}

  /**
   * Ingress of an EC2 security group.
   *
   * @param protocol {@code tcp}, {@code udp}, or {@code -1} for all
   * @param fromPort -1 with protocol {@code -1}
   * @param accessKeyId null for the credentials of the node's own surroundings
   * @param endpoint null for the region's own
   */
  record SecurityGroup(
      String groupId,
      String region,
      String protocol,
      int fromPort,
      int toPort,
      @Nullable String accessKeyId,
      @Nullable URI endpoint)
      implements ResourceSettings {}

  ResourceSettings NONE = new None();

  /** The provider that understands these. */
  default Resource.Provider provider() {
    if (this instanceof Webhook) {
      return Resource.Provider.WEBHOOK;
    }
    return this instanceof SecurityGroup
        ? Resource.Provider.AWS_SECURITY_GROUP
        : Resource.Provider.NONE;
  }
}
