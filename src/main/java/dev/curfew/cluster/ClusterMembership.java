package dev.curfew.cluster;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.bus.ShardsMoved;
import dev.curfew.store.Member;
import dev.curfew.store.MemberStore;
import dev.curfew.store.MemberStore.Beat;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This member among those of its cluster. Again and again it says in the database that it is alive
 * and with whom it is in touch, and reads in the same breath what the others say and whose the
 * shards are. Everything else follows from that by rules that all members share: {@link Vitals},
 * {@link Groups}, {@link Placement}.
 *
 * <p>While the database does not answer, the last roster holds.
 */
public final class ClusterMembership implements Membership {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterMembership.class);

  /** At the start there is nothing to fall back on, and a busy machine is slow to connect. */
  private static final Duration FIRST_PATIENCE = Duration.ofSeconds(15);

  /** Members that ended without leaving are remembered so long, for people to see. */
  private static final Duration FORGOTTEN = Duration.ofHours(1);

  /**
   * How often it is looked again soon when a member is lost sight of: the server may take a moment
   * to notice that its connections have ended.
   */
  private static final int SECOND_LOOKS = 10;

  /**
   * How often members say that they are alive, and how long they may not. All members of a cluster
   * must have the same.
   *
   * @param interval from one beat to the next; a beat that takes twice as long has failed
   * @param silence after which a member is not alive
   */
  public record Options(Duration interval, Duration silence) {
    public static final Options DEFAULT =
        new Options(Duration.ofSeconds(1), Duration.ofMillis(3500));

    Duration patience() {
      return interval.multipliedBy(2);
    }

    /** How long a beat confirms, from when it was sent: others have not lost patience by then. */
    Duration confirmation() {
      return silence.minus(interval.dividedBy(2));
    }

    /** A process that does nothing for so long has been stopped. */
    Duration pause() {
      return interval.multipliedBy(2);
    }
  }

  private final Vertx vertx;
  private final Context context;
  private final MemberStore store;
  private final Contacts contacts;
  private final Bus bus;
  private final Member self;
  private final Options options;
  private final Vitals vitals;
  private final Certainty certainty;
  private final List<Consumer<Roster>> watchers = new CopyOnWriteArrayList<>();

  // On the context.
  private List<Promise<Void>> waiting = new ArrayList<>();
  private Future<?> underWay = Future.succeededFuture();
  private long nextBeat = -1;
  private int secondLooks;

  /** Who could take shards: a member that is only silent may wake up and do so. */
  private Set<UUID> fellows = Set.of();

  private volatile Roster roster;
  private volatile String address = "";
  private volatile boolean leaving;
  private volatile boolean left;

  private ClusterMembership(
      Vertx vertx, MemberStore store, Contacts contacts, Bus bus, Member self, Options options) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = store;
    this.contacts = contacts;
    this.bus = bus;
    this.self = self;
    this.options = options;
    this.vitals = new Vitals(self.id(), options.silence());
    this.roster = new Roster(self.id(), Map.of(), Set.of(), List.of());
    this.certainty = new Certainty(System.nanoTime(), options.confirmation(), options.pause());
  }

  /**
   * Joins the others that use the same database.
   *
   * @return a member that knows the cluster and is known to it
   */
  public static Future<ClusterMembership> join(
      Vertx vertx, MemberStore store, Contacts contacts, Bus bus, Member self) {
    return join(vertx, store, contacts, bus, self, Options.DEFAULT);
  }

  /** Joins the others at their pace. */
  static Future<ClusterMembership> join(
      Vertx vertx, MemberStore store, Contacts contacts, Bus bus, Member self, Options options) {
    ClusterMembership member = new ClusterMembership(vertx, store, contacts, bus, self, options);
    Promise<ClusterMembership> joined = Promise.promise();
    member.context.runOnContext(none -> member.begin().map(member).onComplete(joined));
    return joined.future();
  }

  private Future<Void> begin() {
    Promise<Void> first = Promise.promise();
    waiting.add(first);
    beat(FIRST_PATIENCE);
    return first
        .future()
        .compose(
            known ->
                bus.subscribe(Routes.SHARDS_MOVED, moved -> context.runOnContext(none -> moved())))
        .onSuccess(
            listening -> {
              contacts.watch(this::hearOfContacts);
              vertx.setPeriodic(
                  options.interval().dividedBy(2).toMillis(),
                  timer -> {
                    if (left) {
                      vertx.cancelTimer(timer);
                    } else {
                      certainty.ticked(System.nanoTime());
                    }
                  });
              bus.publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE);
            });
  }

  // Beats

  private void beat(Duration patience) {
    vertx.cancelTimer(nextBeat);
    List<Promise<Void>> asked = waiting;
    waiting = new ArrayList<>();
    Set<UUID> inTouch = contacts.inTouch();
    long sentAt = System.nanoTime();
    Promise<Void> done = Promise.promise();
    underWay = done.future();
    store
        .beat(self.saying(address, leaving, inTouch), patience)
        .onComplete(
            beat ->
                context.runOnContext(
                    none -> {
                      done.complete();
                      answered(beat, sentAt, inTouch);
                      asked.forEach(promise -> promise.handle(beat.mapEmpty()));
                      goOn(sentAt);
                    }));
  }

  private void answered(AsyncResult<Beat> answer, long sentAt, Set<UUID> inTouch) {
    if (answer.failed()) {
      certainty.unanswered();
      LOG.debug("No answer to a beat", answer.cause());
      return;
    }
    Beat beat = answer.result();
    Map<UUID, Member> live = vitals.read(System.nanoTime(), beat.members(), inTouch);
    fellows =
        beat.members().stream()
            .filter(row -> Groups.hosts(row.member()))
            .filter(row -> row.connected() || live.containsKey(row.member().id()))
            .map(row -> row.member().id())
            .collect(Collectors.toUnmodifiableSet());
    know(Roster.of(self.id(), live, beat.owners()));
    // Not before: whoever sees this sees the roster too.
    certainty.confirmed(sentAt);
    forget(beat);
  }

  private void know(Roster next) {
    Roster before = roster;
    roster = next;
    missOthers();
    if (!next.saysTheSame(before)) {
      tell(before, next);
      watchers.forEach(watcher -> watcher.accept(next));
    }
  }

  private void goOn(long sentAt) {
    if (left) {
      waiting.forEach(promise -> promise.fail("This member has left"));
    } else if (waiting.isEmpty()) {
      boolean soon = secondLooks > 0 && !contacts.inTouch().containsAll(roster.live().keySet());
      secondLooks = soon ? secondLooks - 1 : 0;
      Duration pace = soon ? options.interval().dividedBy(5) : options.interval();
      long passed = (System.nanoTime() - sentAt) / 1_000_000;
      nextBeat =
          vertx.setTimer(Math.max(1, pace.toMillis() - passed), timer -> beat(options.patience()));
    } else {
      beat(options.patience());
    }
  }

  private void forget(Beat beat) {
    long now = beat.members().stream().mapToLong(row -> row.member().seenAt()).max().orElse(0);
    boolean anyForgotten =
        beat.members().stream().anyMatch(row -> now - row.member().seenAt() > FORGOTTEN.toMillis());
    if (anyForgotten) {
      store.forget(FORGOTTEN).onFailure(failure -> LOG.debug("Members not forgotten", failure));
    }
  }

  // What is heard in between

  private void hearOfContacts() {
    if (!left) {
      context.runOnContext(none -> contactsChanged());
    }
  }

  private void contactsChanged() {
    missOthers();
    secondLooks = SECOND_LOOKS;
    look();
  }

  private void moved() {
    certainty.doubted(System.nanoTime());
    look();
  }

  /** Whoever is out of touch may take shards and not be heard to say so. */
  private void missOthers() {
    if (!contacts.inTouch().containsAll(fellows)) {
      certainty.doubted(System.nanoTime());
    }
  }

  /** What people want to know of a change. */
  private void tell(Roster before, Roster next) {
    Collection<String> come = names(next, before);
    Collection<String> gone = names(before, next);
    if (!come.isEmpty()) {
      LOG.info("Of {} members these are new: {}", next.live().size(), come);
    }
    if (!gone.isEmpty()) {
      LOG.warn("{} members are there; these no longer are: {}", next.live().size(), gone);
    }
    if (self.hostsSessions() && !leaving && before.hostsHere() != next.hostsHere()) {
      if (next.hostsHere()) {
        LOG.info("Shards are placed on this node");
      } else {
        LOG.warn("Cut off from the members that go on; shards are placed on others");
      }
    }
  }

  private static List<String> names(Roster of, Roster without) {
    return of.live().values().stream()
        .filter(member -> !without.live().containsKey(member.id()))
        .map(Member::name)
        .sorted()
        .toList();
  }

  /** Where all of this happens, one thing at a time. */
  Context context() {
    return context;
  }

  // Membership

  @Override
  public UUID self() {
    return self.id();
  }

  @Override
  public Roster roster() {
    return roster;
  }

  @Override
  public void watch(Consumer<Roster> changed) {
    watchers.add(changed);
  }

  @Override
  public Future<Void> look() {
    Promise<Void> looked = Promise.promise();
    context.runOnContext(
        none -> {
          if (left) {
            looked.fail("This member has left");
            return;
          }
          waiting.add(looked);
          if (underWay.isComplete()) {
            beat(options.patience());
          }
        });
    return looked.future();
  }

  @Override
  public boolean knowsItsShards() {
    return certainty.holds(System.nanoTime());
  }

  @Override
  public void answersAt(String url) {
    address = url;
    look();
  }

  @Override
  public Future<Void> withdraw() {
    leaving = true;
    return look().onSuccess(known -> bus.publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE));
  }

  @Override
  public Future<Void> leave() {
    Promise<Void> gone = Promise.promise();
    context.runOnContext(
        none -> {
          left = true;
          vertx.cancelTimer(nextBeat);
          underWay
              .eventually(() -> store.remove(self.id(), options.patience()))
              .onSuccess(removed -> bus.publish(Routes.SHARDS_MOVED, ShardsMoved.INSTANCE))
              .onFailure(failure -> LOG.warn("Others are not told: {}", failure.getMessage()))
              .<Void>mapEmpty()
              .otherwiseEmpty()
              .onComplete(gone);
        });
    return gone.future();
  }
}
