package dev.curfew.shard;

import dev.curfew.bus.AskException;
import dev.curfew.bus.Bus;
import dev.curfew.bus.CommandAnswer;
import dev.curfew.bus.RoutedCommand;
import dev.curfew.bus.Routes;
import dev.curfew.bus.Sessions;
import dev.curfew.cluster.Membership;
import dev.curfew.cluster.Roster;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.kernel.IdHash;
import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the shard of a session, on this node or another. A command for a shard that nobody serves
 * at the moment waits for it, up to the request timeout. One that was certainly not carried out is
 * sent again for as long; one of which that is not known only if asking twice is asking once.
 */
final class ShardRouter implements Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(ShardRouter.class);

  /** Until it is tried again even if nothing has been heard: milliseconds. */
  private static final long SHORTEST_PAUSE = 20;

  private static final long LONGEST_PAUSE = 250;

  /**
   * How long another member may take for a command that may be asked again: milliseconds. Far above
   * what a commit takes, far below what whoever asks will wait.
   */
  private static final long PATIENCE_WHEN_REPEATABLE = 1_500;

  /** Less is not worth sending: milliseconds. */
  private static final long SHORTEST_PATIENCE = 10;

  private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

  /** For timers: those of a verticle's context end with the verticle, and it may be a shard's. */
  private final ContextInternal home;

  private final Bus bus;
  private final Membership membership;
  private final Duration requestTimeout;
  private final AtomicReferenceArray<@Nullable ShardVerticle> shards;
  private final Set<Errand> parked = ConcurrentHashMap.newKeySet();
  private final Set<Errand> abroad = ConcurrentHashMap.newKeySet();
  private final RouteFigures figures = new RouteFigures(parked::size);
  private volatile CommitWatcher watcher = CommitWatcher.NOBODY;

  ShardRouter(
      Vertx vertx, Bus bus, Membership membership, Duration requestTimeout, int shardCount) {
    this.home = (ContextInternal) vertx.getOrCreateContext();
    this.bus = bus;
    this.membership = membership;
    this.requestTimeout = requestTimeout;
    this.shards = new AtomicReferenceArray<>(shardCount);
    membership.watch(this::changed);
  }

  void watch(CommitWatcher told) {
    watcher = told;
  }

  RouteFigures figures() {
    return figures;
  }

  int shardOf(UUID sessionId) {
    return IdHash.shard(sessionId, shards.length());
  }

  @Nullable ShardVerticle shard(int shard) {
    return shards.get(shard);
  }

  void serve(int shard, ShardVerticle verticle) {
    shards.set(shard, verticle);
    retryParked();
  }

  void withdraw(int shard, ShardVerticle verticle) {
    shards.compareAndSet(shard, verticle, null);
  }

  @Override
  public Future<Outcome> ask(Command command) {
    ShardVerticle verticle = shards.get(shardOf(command.sessionId()));
    if (verticle == null) {
      return errand(command, requestTimeout.toMillis(), true).begin();
    }
    return verticle
        .ask(command)
        .transform(
            answer ->
                settles(command, answer.result(), answer.cause())
                    ? passedOn(answer.result(), answer.cause())
                    : errand(command, requestTimeout.toMillis(), true).park());
  }

  private static Future<Outcome> passedOn(@Nullable Outcome outcome, @Nullable Throwable failure) {
    return outcome != null ? Future.succeededFuture(outcome) : Future.failedFuture(failure);
  }

  /** What another member asks: answered by a shard that is or is about to be served here. */
  Future<CommandAnswer> answer(RoutedCommand asked) {
    int shard = shardOf(asked.command().sessionId());
    if (shards.get(shard) == null && !membership.self().equals(owner(shard))) {
      return Future.succeededFuture(CommandAnswer.Elsewhere.INSTANCE);
    }
    return errand(asked.command(), asked.patience(), false)
        .begin()
        .<CommandAnswer>map(CommandAnswer.Settled::new)
        .recover(failure -> Future.succeededFuture(answerOf(failure)));
  }

  private static CommandAnswer answerOf(Throwable failure) {
    if (failure instanceof CurfewException known) {
      return known.code() == ErrorCode.MOVED
          ? CommandAnswer.Elsewhere.INSTANCE
          : new CommandAnswer.Failed(known.code(), known.getMessage());
    }
    LOG.error("A command of another member failed", failure);
    return new CommandAnswer.Failed(ErrorCode.INTERNAL, "Internal error");
  }

  private @Nullable UUID owner(int shard) {
    return membership.roster().owner(shard);
  }

  /** Whether it is the end of the matter, rather than that of this attempt. */
  private static boolean settles(
      Command command, @Nullable Outcome outcome, @Nullable Throwable failure) {
    if (outcome != null) {
      return !(outcome instanceof Outcome.Refused refused) || isFinal(command, refused.code());
    }
    return !(failure instanceof CurfewException known) || isFinal(command, known.code());
  }

  private static boolean isFinal(Command command, ErrorCode code) {
    return switch (code) {
      case MOVED -> false;
      case DEPOSED -> !command.idempotent();
      default -> true;
    };
  }

  private void changed(Roster roster) {
    for (Errand errand : abroad) {
      errand.lookAfter(roster);
    }
    retryParked();
  }

  private void retryParked() {
    for (Errand errand : parked) {
      if (errand.canGo()) {
        errand.go();
      }
    }
  }

  private Errand errand(Command command, long patience, boolean mayLeave) {
    return new Errand(command, patience, mayLeave);
  }

  /** A command that does not find its shard at once. */
  private final class Errand {
    private final Command command;
    private final int shard;
    private final long giveUpAt;

    /** Whether another member may be asked: not for what one has asked already. */
    private final boolean mayLeave;

    private final Promise<Outcome> promise;
    private long pause = SHORTEST_PAUSE;

    /** Whom it asks at the moment. */
    private volatile @Nullable UUID asked;

    /** How often it has asked: an answer to an earlier question comes too late. */
    private volatile int questions;

    Errand(Command command, long patience, boolean mayLeave) {
      this.command = command;
      this.shard = shardOf(command.sessionId());
      this.giveUpAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patience);
      this.mayLeave = mayLeave;
      ContextInternal here = ContextInternal.current();
      this.promise = here == null ? Promise.promise() : here.promise();
    }

    private long left() {
      return TimeUnit.NANOSECONDS.toMillis(giveUpAt - System.nanoTime());
    }

    boolean canGo() {
      return shards.get(shard) != null || host() != null;
    }

    /** The other member that has the shard. */
    private @Nullable UUID host() {
      Roster roster = membership.roster();
      UUID owner = roster.owner(shard);
      return mayLeave
              && owner != null
              && !owner.equals(membership.self())
              && roster.live().containsKey(owner)
          ? owner
          : null;
    }

    Future<Outcome> begin() {
      attempt();
      return promise.future();
    }

    /** Waits until something has changed, or for a moment. */
    Future<Outcome> park() {
      long left = left();
      if (left < SHORTEST_PATIENCE) {
        giveUp();
        return promise.future();
      }
      parked.add(this);
      home.setTimer(Math.max(1, Math.min(pause, left)), timer -> go());
      pause = Math.min(LONGEST_PAUSE, pause * 2);
      return promise.future();
    }

    /** Goes on, if nobody else has had it go on yet. */
    void go() {
      if (parked.remove(this)) {
        attempt();
      }
    }

    private void attempt() {
      ShardVerticle verticle = shards.get(shard);
      UUID host = verticle == null ? host() : null;
      if (verticle != null) {
        verticle.ask(command).onComplete(answer -> answered(answer.result(), answer.cause()));
      } else if (host != null && left() >= SHORTEST_PATIENCE) {
        send(host);
      } else if (!mayLeave && !membership.self().equals(owner(shard))) {
        promise.tryFail(CurfewException.of(ErrorCode.MOVED, "The session's shard has moved"));
      } else {
        park();
      }
    }

    private void answered(@Nullable Outcome outcome, @Nullable Throwable failure) {
      if (!settles(command, outcome, failure)) {
        park();
      } else if (outcome != null) {
        promise.tryComplete(outcome);
      } else {
        promise.tryFail(failure);
      }
    }

    private void send(UUID host) {
      long patience = command.idempotent() ? Math.min(left(), PATIENCE_WHEN_REPEATABLE) : left();
      figures.forwarded();
      int question = questions + 1;
      questions = question;
      asked = host;
      abroad.add(this);
      bus.ask(
              Routes.COMMANDS,
              host,
              new RoutedCommand(command, patience * 4 / 5),
              Duration.ofMillis(patience))
          .onComplete(
              answer -> {
                // Otherwise it has been given up already.
                if (question == questions && abroad.remove(this)) {
                  if (answer.succeeded()) {
                    told(answer.result());
                  } else {
                    unanswered(answer.cause());
                  }
                }
              });
    }

    /** Does not wait for an answer of who is no longer there. */
    void lookAfter(Roster roster) {
      UUID host = asked;
      if (host != null && !roster.live().containsKey(host) && abroad.remove(this)) {
        unanswered(new AskException("Member " + host + " is gone", true));
      }
    }

    private void told(CommandAnswer answer) {
      if (answer instanceof CommandAnswer.Settled settled) {
        if (settled.outcome() instanceof Outcome.Done done && done.changed()) {
          watcher.mayHaveChanged(done.session().kind(), done.session().userId());
        }
        answered(settled.outcome(), null);
      } else if (answer instanceof CommandAnswer.Failed failed) {
        answered(null, CurfewException.of(failed.code(), failed.message()));
      } else {
        membership.look();
        park();
      }
    }

    private void unanswered(Throwable failure) {
      figures.unanswered();
      membership.look();
      boolean mayHaveArrived = !(failure instanceof AskException known) || known.mayHaveArrived();
      if (command.idempotent() || !mayHaveArrived) {
        park();
      } else {
        promise.tryFail(
            CurfewException.unavailable(
                "The session's shard did not answer in time; outcome unknown", TRY_AGAIN));
      }
    }

    /** It has never found its shard, or been told that nothing was done. */
    private void giveUp() {
      String message = "No node serves the session's shard; try again";
      promise.tryFail(
          mayLeave
              ? CurfewException.unavailable(message, TRY_AGAIN)
              : CurfewException.of(ErrorCode.MOVED, message));
    }
  }
}
