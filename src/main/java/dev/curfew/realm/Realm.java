package dev.curfew.realm;

import dev.curfew.session.Tier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An organisation: everything else belongs to one, and realms do not learn of each other.
 *
 * @param warnBefore how long before the end to warn where the policy does not say, descending; null
 *     for what the configuration says
 * @param recordingSearch whether what is typed and copied in recordings may be searched
 */
public record Realm(
    int id,
    String name,
    Tier tier,
    @Nullable List<Long> warnBefore,
    boolean recordingSearch,
    long createdAt) {
  /** The realm of the first administrator; exists from the first start. */
  public static final String ROOT = "root";

  public Realm {
    warnBefore = warnBefore == null ? null : List.copyOf(warnBefore);
  }
}
