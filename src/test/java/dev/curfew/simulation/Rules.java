package dev.curfew.simulation;

import dev.curfew.session.Batch;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The invariants of the design, section 2, held against everything that happens. Each is checked
 * where it can first be seen to be broken: at the commit, the reply, the turn of a shard, or the
 * end of the run.
 */
final class Rules implements ModelStore.Watcher {
  private record Seat(int shard, long epoch) {}

  private final World world;
  private final CommitRules commits;
  private final ReplyRules replies;
  private final TurnRules turns;
  private final Map<UUID, Story> stories = new LinkedHashMap<>();
  private final Map<Seat, Incumbency> incumbencies = new LinkedHashMap<>();

  Rules(World world) {
    this.world = world;
    this.commits = new CommitRules(world, this);
    this.replies = new ReplyRules(world, this);
    this.turns = new TurnRules(world, this);
  }

  Story story(UUID id) {
    return stories.computeIfAbsent(id, Story::new);
  }

  // What happens to a shard's owner

  Incumbency opened(ShardDriver driver, long epoch) {
    Incumbency incumbency = new Incumbency(driver.shard, epoch, driver.node);
    Incumbency other = incumbencies.put(new Seat(driver.shard, epoch), incumbency);
    BrokenRule.unless(other == null, 3, "%s and %s share an epoch", incumbency, other);
    return incumbency;
  }

  void resumed(ShardDriver driver) {
    driver.incumbency().beginsToHear();
  }

  void thawed(ShardDriver driver, long standstill) {
    if (driver.decides()) {
      driver.incumbency().thawed(standstill);
    }
  }

  /** Memory takes a session up that it did not hold, and so could not hear of. */
  void adopted(ShardDriver driver, UUID id) {
    long now = driver.node.clock.now();
    driver.incumbency().heard(id).adopted = now;
    story(id).latestAdoption = Math.max(story(id).latestAdoption, now);
  }

  Incumbency incumbency(Batch batch) {
    Incumbency owner = incumbencies.get(new Seat(batch.shard(), batch.epoch()));
    BrokenRule.unless(owner != null, 3, "nobody was given epoch %d", batch.epoch());
    return owner;
  }

  boolean isOwner(ShardDriver driver) {
    return world.store.isOwner(driver.shard, driver.incumbency().epoch);
  }

  // What is checked

  @Override
  public void applied(Batch batch, Map<UUID, SessionRecord> before, List<SessionEvent> logged) {
    world.trace.note("applied: %s", Show.batch(batch));
    commits.applied(batch, before, logged);
  }

  void asked(ShardDriver driver, Ask ask) {
    replies.asked(driver, ask);
  }

  void putOff(Ask ask) {
    replies.putOff(ask);
  }

  void nothingIsOpen(ShardDriver driver) {
    replies.nothingIsOpen(driver);
  }

  void decided(ShardDriver driver, Ask ask) {
    replies.decided(driver, ask);
  }

  void replied(ShardDriver driver, Ask ask, Outcome outcome) {
    replies.replied(driver, ask, outcome);
  }

  void turned(ShardDriver driver, long now, @Nullable Batch sent) {
    turns.turned(driver, now, sent);
  }

  /** Only what is over for the user may be undone. */
  void undone(ShardDriver driver, UUID id) {
    SessionRecord row = world.store.row(id);
    BrokenRule.unless(
        row != null && !row.state().live(), 4, "%s undoes %s, which is %s", driver, id, row);
  }

  void announced(ShardDriver driver, List<SessionEvent> events) {
    for (SessionEvent event : events) {
      BrokenRule.unless(
          commits.isLogged(event), 4, "%s announces what is not in the log: %s", driver, event);
    }
  }

  void pulsed(ShardDriver driver, UUID id, long lastAccess, long lastReported) {
    Story story = story(id);
    long latest = Math.max(story.latestAsk, driver.incumbency().heard(id).adopted);
    BrokenRule.unless(
        lastAccess <= story.latestPossibleAccess(),
        6,
        "%s writes activity of %s that there was not: %d",
        driver,
        id,
        lastAccess);
    BrokenRule.unless(
        Math.max(lastReported, lastAccess) <= Math.max(latest, story.inUseSince),
        6,
        "%s writes life of %s that nobody reported: %d, %d",
        driver,
        id,
        lastAccess,
        lastReported);
  }

  void afterEveryEvent() {
    commits.checkLatest();
  }

  void atTheEnd() {
    commits.atTheEnd();
    replies.atTheEnd();
    for (Node node : world.cluster.nodes) {
      BrokenRule.unless(
          world.subscribers.wanted().equals(node.thresholds()),
          5,
          "%s never learned of %s",
          node,
          world.subscribers.wanted());
    }
    for (Story story : stories.values()) {
      BrokenRule.unless(
          story.extensionsCommitted >= story.extensionsAcknowledged.size(),
          4,
          "%s: %d extensions acknowledged, %d made",
          story.id,
          story.extensionsAcknowledged.size(),
          story.extensionsCommitted);
    }
  }
}
