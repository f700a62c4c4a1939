package dev.curfew.cluster;

import dev.curfew.store.Member;
import dev.curfew.store.MemberStore.Sighting;
import dev.curfew.store.ShardOwner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Members that go by the real rules ({@link Vitals}, {@link Groups}, {@link Placement}, {@link
 * Certainty}) over a database, a network and a time that are made up. Times are milliseconds.
 */
final class SimulatedCluster {
  static final int SHARDS = 24;
  static final ClusterMembership.Options PACE = ClusterMembership.Options.DEFAULT;
  private static final long INTERVAL = PACE.interval().toMillis();

  /** As a shard host has it for an owner that is alive. */
  private static final long PATIENCE = 5_000;

  /** How long a notice takes; they are gathered for a while. */
  private static final long NOTICE = 150;

  private record Step(long at, long order, Runnable what) {}

  final SplittableRandom random;
  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
  private final List<Node> nodes = new ArrayList<>();
  private long now;
  private long order;
  private int started;

  // The database.

  private final Map<UUID, Member> rows = new HashMap<>();
  private final ShardOwner[] owners = new ShardOwner[SHARDS];
  private final long[] takenAt = new long[SHARDS];
  private final long[] lastCommitted = new long[SHARDS];
  private final Map<String, UUID> takers = new HashMap<>();
  private final Set<UUID> connected = new HashSet<>();
  private boolean up = true;
  private long clockStep;
  private long slowness = 10;

  /** Decisions that were committed, to see that something happens at all. */
  int commits;

  SimulatedCluster(long seed) {
    random = new SplittableRandom(seed);
    Arrays.fill(owners, new ShardOwner(null, "", 0));
  }

  long now() {
    return now;
  }

  List<Node> running() {
    return nodes.stream().filter(node -> node.alive).toList();
  }

  private void at(long when, Runnable what) {
    steps.add(new Step(Math.max(when, now), order++, what));
  }

  void runUntil(long end) {
    while (!steps.isEmpty() && steps.peek().at <= end) {
      Step step = steps.remove();
      now = step.at;
      step.what.run();
      running().forEach(Node::check);
    }
    now = end;
  }

  Node start() {
    Node node = new Node(++started);
    nodes.add(node);
    node.beat();
    node.tick();
    return node;
  }

  // Weather

  void split() {
    running().forEach(node -> node.side = random.nextInt(3));
    contactsChange();
  }

  void heal() {
    running().forEach(node -> node.side = 0);
    contactsChange();
  }

  private void contactsChange() {
    running().forEach(node -> node.later(random.nextLong(200), node::contactsChanged));
  }

  void outage(long length) {
    up = false;
    connected.clear();
    at(now + length, () -> up = true);
  }

  void slowFor(long length) {
    slowness = 1_200;
    at(now + length, () -> slowness = 10);
  }

  void setDatabaseClock() {
    clockStep = random.nextLong(-600_000, 600_000);
  }

  final class Node {
    final UUID id = new UUID(random.nextLong(), random.nextLong());
    private final String name;
    private final Vitals vitals = new Vitals(id, PACE.silence());
    private final Certainty certainty =
        new Certainty(now * 1_000_000, PACE.confirmation(), PACE.pause());
    private final Map<Integer, Long> serving = new HashMap<>();
    private final Set<Integer> moving = new HashSet<>();
    private final Map<Integer, Long> wantedSince = new HashMap<>();
    private boolean alive = true;
    private long hungUntil;
    private boolean cut;
    private boolean leaving;
    private int side;
    private int beats;
    private @Nullable Roster roster;
    private Set<UUID> fellows = Set.of();

    private Node(int number) {
      name = "n" + number;
    }

    @Nullable Roster roster() {
      return roster;
    }

    Set<Integer> served() {
      return serving.keySet();
    }

    boolean isLeaving() {
      return leaving;
    }

    void kill() {
      alive = false;
      at(now + random.nextLong(50), () -> connected.remove(id));
      contactsChange();
    }

    void hang(long length) {
      hungUntil = now + length;
    }

    void cutFor(long length, boolean noticed) {
      cut = true;
      if (noticed) {
        connected.remove(id);
      }
      at(now + length, () -> cut = false);
    }

    void leave() {
      leaving = true;
      beat();
      later(3_000, this::left);
    }

    private void left() {
      if (reaches()) {
        rows.remove(id);
        for (int shard = 0; shard < SHARDS; shard++) {
          release(shard);
        }
      }
      kill();
    }

    private boolean reaches() {
      return up && !cut;
    }

    /** What this node does itself, as soon as it does anything. */
    private void later(long delay, Runnable what) {
      at(
          now + delay,
          () -> {
            if (now < hungUntil) {
              later(hungUntil - now, what);
            } else if (alive) {
              what.run();
            }
          });
    }

    private Set<UUID> inTouch() {
      return running().stream()
          .filter(node -> node.side == side)
          .map(node -> node.id)
          .collect(Collectors.toSet());
    }

    private void tick() {
      certainty.ticked(now * 1_000_000);
      compare();
      commit();
      later(INTERVAL / 2, this::tick);
    }

    private void contactsChanged() {
      missOthers();
      beat();
    }

    private void missOthers() {
      if (!inTouch().containsAll(fellows)) {
        certainty.doubted(now * 1_000_000);
      }
    }

    /** A beat that comes before another is answered takes its place. */
    private void beat() {
      int number = ++beats;
      long sentAt = now;
      Set<UUID> inTouch = inTouch();
      boolean[] answered = {false};
      at(
          now + delay(),
          () -> {
            if (!reaches()) {
              return;
            }
            connected.add(id);
            Member before = rows.get(id);
            rows.put(
                id,
                new Member(
                    id,
                    name,
                    Set.of("sessions"),
                    "",
                    before == null ? databaseTime() : before.joinedAt(),
                    databaseTime(),
                    leaving,
                    inTouch));
            if (!alive) {
              connected.remove(id);
            }
            List<Sighting> read =
                rows.values().stream()
                    .map(row -> new Sighting(row, connected.contains(row.id())))
                    .toList();
            List<ShardOwner> whose = List.of(owners);
            later(
                delay(),
                () -> {
                  if (number == beats && now - sentAt <= PACE.patience().toMillis()) {
                    answered[0] = true;
                    read(sentAt, read, inTouch, whose);
                    later(Math.max(1, sentAt + INTERVAL - now), () -> again(number));
                  }
                });
          });
      later(
          PACE.patience().toMillis(),
          () -> {
            if (number == beats && !answered[0]) {
              certainty.unanswered();
              beat();
            }
          });
    }

    private void again(int number) {
      if (number == beats) {
        beat();
      }
    }

    private void read(long sentAt, List<Sighting> read, Set<UUID> inTouch, List<ShardOwner> whose) {
      Map<UUID, Member> live = vitals.read(now * 1_000_000, read, inTouch);
      fellows =
          read.stream()
              .filter(row -> Groups.hosts(row.member()))
              .filter(row -> row.connected() || live.containsKey(row.member().id()))
              .map(row -> row.member().id())
              .collect(Collectors.toSet());
      roster = Roster.of(id, live, whose);
      missOthers();
      certainty.confirmed(sentAt * 1_000_000);
      compare();
    }

    // As a shard host does it.

    private void compare() {
      Roster known = roster;
      if (known == null) {
        return;
      }
      for (int shard = 0; shard < SHARDS; shard++) {
        UUID preferred = known.preferred(shard);
        Long epoch = serving.get(shard);
        if (epoch != null) {
          if (known.owners().get(shard).epoch() > epoch) {
            serving.remove(shard);
          } else if (preferred != null && !preferred.equals(id)) {
            handOver(shard);
          }
        } else if (id.equals(preferred) && !moving.contains(shard)) {
          if (mayTake(shard, known)) {
            take(shard, known.owners().get(shard).epoch());
          }
        } else {
          wantedSince.remove(shard);
        }
      }
    }

    private boolean mayTake(int shard, Roster known) {
      UUID owner = known.owner(shard);
      return owner == null
          || owner.equals(id)
          || !known.live().containsKey(owner)
          || now - wantedSince.computeIfAbsent(shard, none -> now) > PATIENCE;
    }

    private void take(int shard, long seen) {
      moving.add(shard);
      wantedSince.remove(shard);
      at(
          now + delay(),
          () -> {
            boolean taken = reaches() && owners[shard].epoch() == seen;
            if (taken) {
              owners[shard] = new ShardOwner(id, name, seen + 1);
              takenAt[shard] = now;
              if (takers.put(shard + "/" + (seen + 1), id) != null) {
                throw new AssertionError("two owners of shard " + shard + " at one epoch");
              }
            }
            later(
                delay(),
                () -> {
                  moving.remove(shard);
                  if (taken) {
                    serving.put(shard, seen + 1);
                    tell();
                  } else {
                    beat();
                  }
                });
          });
    }

    private void handOver(int shard) {
      serving.remove(shard);
      moving.add(shard);
      at(
          now + delay(),
          () -> {
            if (reaches()) {
              release(shard);
            }
            later(
                delay(),
                () -> {
                  moving.remove(shard);
                  tell();
                });
          });
    }

    private void release(int shard) {
      ShardOwner owner = owners[shard];
      if (id.equals(owner.member())) {
        owners[shard] = new ShardOwner(null, owner.node(), owner.epoch());
      }
    }

    private void tell() {
      for (Node other : running()) {
        if (other.side == side) {
          other.later(
              NOTICE,
              () -> {
                other.certainty.doubted(now * 1_000_000);
                other.beat();
              });
        }
      }
    }

    private void commit() {
      serving.forEach(
          (shard, epoch) ->
              at(
                  now + delay(),
                  () -> {
                    if (reaches() && owners[shard].epoch() == epoch) {
                      commits++;
                      if (!id.equals(takers.get(shard + "/" + epoch))
                          || epoch < lastCommitted[shard]) {
                        throw new AssertionError("a commit of " + shard + " by " + name);
                      }
                      lastCommitted[shard] = epoch;
                    }
                  }));
    }

    /**
     * Nobody believes its memory of a shard for long that is another's; but for a member that knew
     * of no other, which has nobody to tell it that the database is away for itself alone.
     */
    private void check() {
      boolean alone = fellows.equals(Set.of(id));
      if (alone || now < hungUntil || !certainty.holds(now * 1_000_000)) {
        return;
      }
      serving.forEach(
          (shard, epoch) -> {
            long stale = now - takenAt[shard];
            if (owners[shard].epoch() > epoch && stale > PACE.confirmation().toMillis()) {
              throw new AssertionError(
                  name + " believes to own shard " + shard + ", taken " + stale + " ms ago");
            }
          });
    }

    private long databaseTime() {
      return 1_700_000_000_000L + now + clockStep;
    }

    private long delay() {
      return random.nextInt(20) == 0
          ? random.nextLong(slowness * 10) / 10 + 1
          : random.nextLong(slowness) / 2 + 1;
    }
  }

  /** What is left to say when something is wrong. */
  @Override
  public String toString() {
    return "at %d ms: %s; owners %s"
        .formatted(
            now,
            running().stream()
                .map(node -> node.name + " on " + node.side + " serves " + node.serving)
                .toList(),
            List.of(owners));
  }

  /** Every shard is served, once, by whom it is placed on, and all agree. */
  boolean isSettled() {
    Set<UUID> all = running().stream().map(node -> node.id).collect(Collectors.toSet());
    Map<Integer, UUID> served = new HashMap<>();
    for (Node node : running()) {
      if (node.roster == null
          || !node.roster.hosts().equals(all)
          || !node.roster.live().keySet().equals(all)) {
        return false;
      }
      for (int shard : node.serving.keySet()) {
        if (served.put(shard, node.id) != null || !node.id.equals(node.roster.preferred(shard))) {
          return false;
        }
      }
    }
    return served.size() == SHARDS;
  }

  static final Duration CALM = Duration.ofSeconds(20);
}
