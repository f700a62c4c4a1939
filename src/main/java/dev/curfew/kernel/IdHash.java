package dev.curfew.kernel;

import java.util.UUID;

/** Spreads session ids; a version 7 UUID begins with the time, so its own bits are uneven. */
public final class IdHash {
  private IdHash() {}

  /**
   * A well-mixed 64-bit hash of an id (finaliser of SplitMix64). Never change it: shards depend on
   * it.
   */
  public static long of(long high, long low) {
    long z = high * 0x9E3779B97F4A7C15L + low;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The shard of a session: its lowest hash bits; tables inside a shard use the highest. */
  public static int shard(UUID id, int shards) {
    return (int)
        Long.remainderUnsigned(
            of(id.getMostSignificantBits(), id.getLeastSignificantBits()), shards);
  }
}
