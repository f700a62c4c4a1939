package dev.curfew.cluster;

import java.util.Collection;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which member a shard is placed on: the one with the highest weight for it (rendezvous hashing, D.
 * Thaler and C. V. Ravishankar, 1998). All members find the same without asking each other, and a
 * member that comes or goes moves only the shards that it gains or had.
 */
final class Placement {
  private Placement() {}

  /** The host of a shard among these; null when there is none. */
  static @Nullable UUID host(int shard, Collection<UUID> hosts) {
    UUID best = null;
    long highest = 0;
    for (UUID host : hosts) {
      long weight = weight(shard, host);
      if (best == null || weight > highest || (weight == highest && host.compareTo(best) > 0)) {
        best = host;
        highest = weight;
      }
    }
    return best;
  }

  /** Mixed until every bit of the shard and of the id moves about half of the result's. */
  private static long weight(int shard, UUID host) {
    long mixed = mix(host.getMostSignificantBits() + shard * 0x9E3779B97F4A7C15L);
    return mix(mixed ^ host.getLeastSignificantBits());
  }

  /** The finalizer of SplitMix64 (G. Steele, D. Lea, C. Flood, 2014). */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
