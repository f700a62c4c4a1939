package dev.curfew.cluster;

import dev.curfew.store.Member;
import dev.curfew.store.ShardOwner;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The cluster at one moment, as one member knows it.
 *
 * @param self the member that knows it so
 * @param live the members that are alive by their rows, itself among them
 * @param hosts those of them that shards are placed on: they host sessions, are not leaving, and
 *     belong to the group of members that goes on when the network is split
 * @param owners whose each shard is, by shard
 */
public record Roster(UUID self, Map<UUID, Member> live, Set<UUID> hosts, List<ShardOwner> owners) {
  public Roster {
    live = Map.copyOf(live);
    hosts = Set.copyOf(hosts);
    owners = List.copyOf(owners);
  }

  /** What follows from who is alive. */
  static Roster of(UUID self, Map<UUID, Member> live, List<ShardOwner> owners) {
    Set<UUID> hosts = new HashSet<>(Groups.goingOn(live.values()));
    hosts.removeIf(id -> !Groups.hosts(Objects.requireNonNull(live.get(id))));
    return new Roster(self, live, hosts, owners);
  }

  /** Whether another says the same, but for when members were last seen. */
  boolean saysTheSame(Roster other) {
    return hosts.equals(other.hosts)
        && owners.equals(other.owners)
        && timeless(live).equals(timeless(other.live));
  }

  private static Map<UUID, Member> timeless(Map<UUID, Member> members) {
    return members.values().stream()
        .collect(Collectors.toMap(Member::id, member -> member.seen(0)));
  }

  /** Whose a shard should be; null while there is nobody to host it. */
  public @Nullable UUID preferred(int shard) {
    return Placement.host(shard, hosts);
  }

  /** Whose a shard is; null when its row names nobody. */
  public @Nullable UUID owner(int shard) {
    return owners.get(shard).member();
  }

  /** How many shards are a member's. */
  public int shardsOf(UUID member) {
    return shards(shard -> member.equals(owner(shard))).size();
  }

  /** The shards that are nobody's: they are about to be taken, if anybody is there to. */
  public List<Integer> unowned() {
    return shards(shard -> owner(shard) == null);
  }

  /** The shards of members that are not alive. */
  public List<Integer> orphaned() {
    return shards(
        shard -> {
          UUID owner = owner(shard);
          return owner != null && !live.containsKey(owner);
        });
  }

  /** The shards of members that are alive and should hand them over to others. */
  public List<Integer> misplaced() {
    return shards(
        shard -> {
          UUID owner = owner(shard);
          return owner != null && live.containsKey(owner) && !owner.equals(preferred(shard));
        });
  }

  private List<Integer> shards(IntPredicate which) {
    return IntStream.range(0, owners.size()).filter(which).boxed().toList();
  }

  /** Whether shards are placed on this member. */
  public boolean hostsHere() {
    return hosts.contains(self);
  }
}
