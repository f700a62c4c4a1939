package dev.curfew.simulation;

import dev.curfew.session.RealmThresholds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One epoch of one shard as it is seen from outside: since when its owner could hear heartbeats,
 * and which it has acknowledged. All times are by the clock of the node.
 */
final class Incumbency {
  /**
   * Standing still for so long is certainly noticed, so that silence counts anew. A shorter
   * standstill may pass for silence.
   */
  static final long NOTICED_STANDSTILL = 2_100;

  /** What is known of one session in this epoch. */
  static final class Heard {
    /** The latest acknowledged activity and sign of life. */
    long access;

    long report;

    /** When memory last took the session up after the others; 0 when it came with them. */
    long adopted;
  }

  private record Told(long at, RealmThresholds wanted) {}

  final int shard;
  final long epoch;
  final Node node;
  private final TreeSet<Long> hearingAnew = new TreeSet<>();
  private long lastInterruption;
  private final List<Told> told = new ArrayList<>();
  private final Map<UUID, Heard> heard = new HashMap<>();

  Incumbency(int shard, long epoch, Node node) {
    this.shard = shard;
    this.epoch = epoch;
    this.node = node;
    beginsToHear();
  }

  @Override
  public String toString() {
    return node + "/" + shard + "@" + epoch;
  }

  /** The owner has opened the shard, or the database answers it again. */
  void beginsToHear() {
    long now = node.clock.now();
    hearingAnew.add(now);
    lastInterruption = now;
  }

  /** The node has stood still and goes on. */
  void thawed(long standstill) {
    long now = node.clock.now();
    // It may be a while until the shard has anything to do and can notice.
    lastInterruption = now + NOTICED_STANDSTILL;
    if (standstill >= NOTICED_STANDSTILL) {
      hearingAnew.add(now);
    }
  }

  /** Since when silence counts at the earliest, for a decision made at {@code at}. */
  long hearingSince(long at) {
    Long since = hearingAnew.floor(at);
    return since == null ? 0 : since;
  }

  /** Since when silence counts at the latest. */
  long lastInterruption() {
    return lastInterruption;
  }

  /** The owner knows from now on what subscribers want. */
  void told(RealmThresholds wanted) {
    told.add(new Told(node.clock.now(), wanted));
  }

  /** What the owner knew last. */
  RealmThresholds knownNow() {
    return told.get(told.size() - 1).wanted;
  }

  /** What the owner may have gone by in a decision of that time: several in their millisecond. */
  List<RealmThresholds> knownAt(long at) {
    List<RealmThresholds> known = new ArrayList<>();
    for (int i = told.size() - 1; i >= 0; i--) {
      if (told.get(i).at <= at) {
        known.add(told.get(i).wanted);
        if (told.get(i).at < at) {
          break;
        }
      }
    }
    return known;
  }

  Heard heard(UUID id) {
    return heard.computeIfAbsent(id, unheardOf -> new Heard());
  }
}
