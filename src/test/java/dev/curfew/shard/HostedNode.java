package dev.curfew.shard;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.bus.ThresholdsChanged;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Terms;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.SessionStore;
import dev.curfew.testing.Alone;
import dev.curfew.testing.Await;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A node that hosts every shard of a database. */
final class HostedNode implements AutoCloseable {
  static final Initiator USER = new Initiator(Initiator.Kind.USER, 23, "jdoe");
  static final Initiator ADMIN = new Initiator(Initiator.Kind.ADMIN, 1, "admin");

  private final TestStore store;
  private final SessionStore sessions;
  private final ClusterClock clock;
  private final Bus bus;
  private final ShardHost host;

  /** Sessions whose effects were undone. */
  final List<UUID> undone = new CopyOnWriteArrayList<>();

  /** How many more times undoing fails. */
  final AtomicInteger undoFailures = new AtomicInteger();

  private HostedNode(String name, TestStore store) {
    this.store = store;
    this.sessions = new SessionStore(store.database());
    this.clock = Await.result(ClusterClock.start(store.vertx(), store.database()));
    this.bus = new Bus(store.vertx());
    this.host =
        Await.result(
            ShardHost.create(
                store.vertx(),
                store.database(),
                Alone.on(store.database(), name),
                clock,
                bus,
                this::undo,
                new ShardHost.Options(name, Duration.ofSeconds(3), Duration.ofMillis(50))));
  }

  /** A node that serves. */
  static HostedNode start(String name, DatabaseEndpoint endpoint) {
    HostedNode node = new HostedNode(name, TestStore.open(endpoint));
    Await.result(node.host.serve());
    return node;
  }

  private Future<Void> undo(UUID session) {
    if (undoFailures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return Future.failedFuture(CurfewException.of(ErrorCode.UNAVAILABLE, "provider away"));
    }
    undone.add(session);
    return Future.succeededFuture();
  }

  ShardHost host() {
    return host;
  }

  /** What subscriptions ask for has changed, and the node is told so. */
  void noticeThresholds() {
    bus.publish(Routes.THRESHOLDS_CHANGED, ThresholdsChanged.INSTANCE);
  }

  long now() {
    return clock.now();
  }

  Outcome ask(Command command) {
    return Await.result(host.sessions().ask(command));
  }

  Outcome.Done done(Command command) {
    Outcome outcome = ask(command);
    if (outcome instanceof Outcome.Done done) {
      return done;
    }
    throw new AssertionError(command + " was answered " + outcome);
  }

  Outcome.Refused refused(Command command) {
    Outcome outcome = ask(command);
    if (outcome instanceof Outcome.Refused refused) {
      return refused;
    }
    throw new AssertionError(command + " was answered " + outcome);
  }

  /** Opens a session. */
  Outcome.Done open(NewSession session) {
    return done(new Command.Create(session, USER));
  }

  Outcome revoke(NewSession session) {
    return ask(new Command.Revoke(session.id(), ADMIN, "no longer needed"));
  }

  Outcome stop(NewSession session) {
    return ask(new Command.Stop(session.id(), USER, EndReason.STOPPED));
  }

  Outcome heartbeat(NewSession session) {
    return ask(new Command.Heartbeat(session.id(), "psm-1"));
  }

  /** What a test wants of a session; durations are milliseconds. */
  NewSession session(SessionKind kind, long duration, Terms terms, boolean effects) {
    long numericId = Await.result(sessions.numericIds(1)).get(0);
    return new NewSession(
        UUID.randomUUID(),
        numericId,
        kind,
        23,
        terms,
        0,
        duration,
        false,
        kind.ownedByProcess() ? "psm-1" : null,
        effects,
        NewSession.Details.NONE);
  }

  NewSession session(long duration, long... warnBefore) {
    return session(
        SessionKind.ACCESS, duration, new Terms(1, 1, 8 * 3_600_000, 0, 0, warnBefore), false);
  }

  /** A session whose gateway must report. */
  NewSession gatewaySession(long duration, long staleAfter) {
    return session(SessionKind.PSM, duration, new Terms(1, 1, 8 * 3_600_000, 0, staleAfter), false);
  }

  /** Stops as a node does when it is asked to. */
  void stop() {
    Await.result(host.close());
  }

  /** Ends the process without another word to the database. */
  @Override
  public void close() {
    clock.close();
    store.close();
  }
}
