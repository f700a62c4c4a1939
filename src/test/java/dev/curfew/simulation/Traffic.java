package dev.curfew.simulation;

import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** The clients: gateways that report, users that work, administrators that change their minds. */
final class Traffic {
  private static final long DAY = 24 * 3_600_000L;
  private static final int MOST_SESSIONS = 45;
  private static final List<String> PROCESSES = List.of("gateway-a", "gateway-b");
  private static final List<Terms> POLICIES =
      List.of(
          new Terms(1, 1, 120_000, 0, 10_000, 60_000, 30_000, 10_000, 5_000),
          new Terms(2, 1, 60_000, 8_000, 6_000, 20_000, 10_000, 1_000),
          new Terms(3, 1, 20_000, 0, 0),
          new Terms(4, 2, 180_000, 15_000, 20_000, 30 * DAY, 5_000),
          new Terms(5, 2, 150_000, 5_000, 3_000, 50_000, 40_000, 30_000, 20_000, 10_000),
          new Terms(6, 2, Terms.LONGEST, 0, 30_000, 60_000, 1));

  private final World world;
  private final Chance chance;
  private final List<NewSession> sessions = new ArrayList<>();
  private final long pace;
  private long lastNumericId;
  private boolean stopped;

  Traffic(World world) {
    this.world = world;
    this.chance = world.chance;
    this.pace = chance.between(50, 400);
    world.timeline.after(1, this::act);
  }

  void stop() {
    stopped = true;
  }

  Optional<UUID> someSession() {
    return sessions.isEmpty() ? Optional.empty() : Optional.of(chance.of(sessions).id());
  }

  /** So that a run need not last as long as its longest session. */
  void revokeWhatLivesLonger(long than) {
    for (SessionRecord row : world.store.rows()) {
      if (row.state().live() && row.expiresAt() > world.timeline.now() + than) {
        ask(new Command.Revoke(row.id(), admin(), "too long"), 100, ignored -> {});
      }
    }
  }

  private void act() {
    if (stopped) {
      return;
    }
    if (sessions.isEmpty() || (sessions.size() < MOST_SESSIONS && chance.oneIn(8))) {
      open();
    } else {
      NewSession session =
          chance.oneIn(2)
              ? chance.of(sessions)
              : sessions.get(sessions.size() - 1 - chance.below(Math.min(5, sessions.size())));
      Command command = someCommand(session);
      boolean insists = command.idempotent() || chance.oneIn(2);
      ask(command, insists ? 4 : 1, ignored -> {});
    }
    world.timeline.after(chance.oneIn(5) ? 0 : chance.between(0, 2 * pace), this::act);
  }

  private static Initiator admin() {
    return new Initiator(Initiator.Kind.ADMIN, 1, "admin");
  }

  private Command someCommand(NewSession session) {
    UUID id = session.id();
    int choice = chance.below(100);
    if (choice < 20) {
      return new Command.Extend(id, someExtension(session), admin());
    } else if (choice < 30) {
      int realm = chance.oneIn(3) ? (int) chance.between(1, 2) : 0;
      return new Command.Heartbeat(id, realm, chance.oneIn(4) ? null : chance.of(PROCESSES));
    } else if (choice < 38) {
      return new Command.Touch(id);
    } else if (choice < 46) {
      return new Command.Observe(id);
    } else if (choice < 53) {
      return new Command.ReadToken(id, someSecret(id));
    } else if (choice < 60) {
      return new Command.TouchToken(id, someSecret(id));
    } else if (choice < 70) {
      return new Command.Activate(id, admin());
    } else if (choice < 78) {
      return new Command.NoteAlive(id);
    } else if (choice < 84) {
      return new Command.Stop(
          id, admin(), chance.of(List.of(EndReason.STOPPED, EndReason.CHECKED_IN)));
    } else if (choice < 90) {
      return new Command.Revoke(id, admin(), "no longer wanted");
    } else if (choice < 94) {
      return new Command.Finish(id);
    }
    return new Command.Create(session, admin());
  }

  /** What opens a token session; the same for everybody who knows its id, as in no real cluster. */
  static SecretDigest secretOf(UUID id) {
    return new SecretDigest(id.getMostSignificantBits(), id.getLeastSignificantBits(), 1, 2);
  }

  /** Mostly the right one. */
  private SecretDigest someSecret(UUID id) {
    SecretDigest right = secretOf(id);
    return switch (chance.below(8)) {
      case 0 -> new SecretDigest(right.first() ^ 1, right.second(), right.third(), right.fourth());
      case 1 ->
          new SecretDigest(
              right.first(), right.second(), right.third(), right.fourth() ^ Long.MIN_VALUE);
      case 2 -> secretOf(chance.of(sessions).id());
      default -> right;
    };
  }

  private long someExtension(NewSession session) {
    return switch (chance.below(9)) {
      case 0 -> session.terms().maxDuration();
      case 1 -> Long.MAX_VALUE - chance.between(0, 5);
      case 2 -> Long.MAX_VALUE - session.terms().maxDuration() - world.timeline.now();
      case 3 -> -chance.between(0, 10_000);
      case 4 -> session.terms().maxDuration() - session.duration();
      default -> chance.between(1, 25_000);
    };
  }

  // Sessions

  private void open() {
    Terms terms = chance.of(POLICIES);
    SessionKind kind = chance.of(List.of(SessionKind.values()));
    UUID id =
        new UUID(
            (world.timeline.now() << 16) | 0x7000 | chance.below(0x1000),
            chance.bits() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L);
    NewSession session =
        new NewSession(
            id,
            chance.oneIn(30) ? lastNumericId : ++lastNumericId,
            kind,
            chance.between(1, 5),
            terms,
            chance.oneIn(4) ? world.timeline.now() + chance.between(-3_000, 20_000) : 0,
            someDuration(terms),
            chance.oneIn(4),
            chance.oneIn(2) ? chance.of(PROCESSES) : null,
            chance.oneIn(2),
            details(kind, id));
    sessions.add(session);
    ask(new Command.Create(session, admin()), 4, ignored -> {});
    if (chance.percent(80)) {
      long period = Math.max(500, terms.staleAfter() / 3);
      String process = session.owner() == null ? chance.of(PROCESSES) : session.owner();
      repeat(new Command.Heartbeat(id, process), period, chance.between(5_000, 120_000));
    }
    if (terms.maxIdle() > 0 && chance.percent(80)) {
      Command touch =
          kind == SessionKind.TOKEN
              ? new Command.TouchToken(id, secretOf(id))
              : new Command.Touch(id);
      repeat(touch, terms.maxIdle() / 3, chance.between(5_000, 120_000));
    }
  }

  /** A few token sessions are without a token, as those that were made by other means. */
  private NewSession.Details details(SessionKind kind, UUID id) {
    return kind == SessionKind.TOKEN && !chance.oneIn(6)
        ? new NewSession.Details(
            "{}", null, null, null, new NewSession.Token(secretOf(id), "{}"), false)
        : NewSession.Details.NONE;
  }

  private long someDuration(Terms terms) {
    return switch (chance.below(12)) {
      case 0 -> terms.maxDuration() + chance.between(0, 1);
      case 1 -> chance.between(-1, 1);
      case 2 -> Long.MAX_VALUE - chance.between(0, 1);
      case 3 -> chance.between(1, 300);
      default -> chance.between(1, Math.min(terms.maxDuration(), 90_000));
    };
  }

  private void repeat(Command command, long period, long until) {
    long end = world.timeline.now() + until;
    world.timeline.after(
        chance.between(1, period),
        new Runnable() {
          @Override
          public void run() {
            if (!stopped && world.timeline.now() < end) {
              ask(command, 1, ignored -> {});
              world.timeline.after(chance.between(period / 2, period), this);
            }
          }
        });
  }

  // Asking

  /** Asks, and asks again for want of an answer. */
  private void ask(Command command, int attempts, Consumer<Outcome> answered) {
    Node node = route(command.sessionId());
    boolean[] over = {false};
    Consumer<Outcome> once =
        outcome -> {
          if (!over[0]) {
            over[0] = true;
            answered.accept(outcome);
          }
        };
    Runnable again =
        () -> {
          if (!over[0]) {
            over[0] = true;
            if (attempts > 1) {
              world.timeline.after(
                  chance.between(10, 1_000), () -> ask(command, attempts - 1, answered));
            }
          }
        };
    world.timeline.after(7_000, again);
    if (lost()) {
      return;
    }
    world.timeline.after(
        chance.between(0, 10),
        () ->
            node.after(0, () -> deliver(node, new Ask(command, new Client(command, once, again)))));
  }

  /** Mostly the node that should serve the session, sometimes another that once did. */
  private Node route(UUID id) {
    Node assigned = world.cluster.assigned(world.shardOf(id));
    return chance.oneIn(10) ? chance.of(world.cluster.nodes) : assigned;
  }

  private void deliver(Node node, Ask ask) {
    ShardDriver driver = node.driver(world.shardOf(ask.command.sessionId()));
    if (driver == null) {
      ask.fail();
    } else {
      driver.submit(ask);
    }
  }

  private boolean lost() {
    return chance.percent(world.messageLoss);
  }

  private final class Client implements Ask.Asker {
    private final Command command;
    private final Consumer<Outcome> once;
    private final Runnable again;

    Client(Command command, Consumer<Outcome> once, Runnable again) {
      this.command = command;
      this.once = once;
      this.again = again;
    }

    @Override
    public void answered(Outcome outcome) {
      if (lost()) {
        return;
      }
      boolean unavailable =
          outcome instanceof Outcome.Refused refused
              && refused.code().category() == ErrorCode.Category.UNAVAILABLE;
      world.timeline.after(chance.between(0, 10), unavailable ? again : () -> once.accept(outcome));
    }

    @Override
    public void unanswered() {
      if (!lost()) {
        world.timeline.after(chance.between(0, 10), again);
      }
    }

    @Override
    public String toString() {
      return "client of " + command;
    }
  }
}
