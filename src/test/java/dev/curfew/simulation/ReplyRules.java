package dev.curfew.simulation;

import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.SessionView;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Every answer must be true when it is given: what is acknowledged is in the database, what is
 * shown was committed and is not older than the question, what is refused was rightly refused.
 *
 * <p>An owner that has been deposed and does not know it may show what was true until then; it must
 * not acknowledge anything new.
 */
final class ReplyRules {
  private final World world;
  private final Rules rules;
  private final Map<ShardDriver, Set<Ask>> open = new HashMap<>();

  ReplyRules(World world, Rules rules) {
    this.world = world;
    this.rules = rules;
  }

  void asked(ShardDriver driver, Ask ask) {
    ask.statesBefore =
        rules.isOwner(driver) ? rules.story(ask.command.sessionId()).states.size() : 0;
    counted(ask, 1);
  }

  void putOff(Ask ask) {
    counted(ask, -1);
  }

  void decided(ShardDriver driver, Ask ask) {
    if (!ask.replied) {
      open.computeIfAbsent(driver, first -> new LinkedHashSet<>()).add(ask);
    }
    Story story = rules.story(ask.command.sessionId());
    long now = driver.node.clock.now();
    story.latestAsk = Math.max(story.latestAsk, now);
    if (ask.command instanceof Command.Create create) {
      story.latestAsk = Math.max(story.latestAsk, create.session().startsAt());
      started(story, Math.max(now, create.session().startsAt()));
    } else if (ask.command instanceof Command.Activate) {
      started(story, now);
    } else if (isActivity(ask.command)) {
      story.latestAccess = Math.max(story.latestAccess, now);
    } else if (ask.command instanceof Command.Heartbeat
        || ask.command instanceof Command.NoteAlive) {
      story.latestReport = Math.max(story.latestReport, now);
      if (ask.command instanceof Command.Heartbeat) {
        started(story, now);
      }
    }
  }

  /** Everything else, reading above all, must leave idle time alone. */
  private static boolean movesActivity(Command command) {
    return isActivity(command)
        || command instanceof Command.Create
        || command instanceof Command.Activate
        || command instanceof Command.Heartbeat;
  }

  private static void started(Story story, long at) {
    story.latestStart = Math.max(story.latestStart, at);
  }

  /** A touch by token counts only if it came with the secret. */
  private static boolean isActivity(Command command) {
    return command instanceof Command.Touch
        || (command instanceof Command.TouchToken touch
            && touch.secret().equals(Traffic.secretOf(touch.sessionId())));
  }

  /** Nothing is under way in this shard: whoever asked has been answered. */
  void nothingIsOpen(ShardDriver driver) {
    Set<Ask> unanswered = open.getOrDefault(driver, Set.of());
    BrokenRule.unless(unanswered.isEmpty(), 4, "%s owes answers: %s", driver, unanswered);
  }

  void replied(ShardDriver driver, Ask ask, Outcome outcome) {
    BrokenRule.unless(!ask.replied, 4, "%s is answered twice: %s", ask, outcome);
    Set<Ask> unanswered = open.get(driver);
    if (unanswered != null) {
      unanswered.remove(ask);
    }
    uncountRefused(ask, outcome);
    if (outcome instanceof Outcome.Done done) {
      isTrue(driver, ask, done.session());
      if (done.changed()) {
        changed(ask, done.session());
      }
      acknowledged(driver, ask, done.session());
    } else if (outcome instanceof Outcome.NotLive) {
      notLive(driver, ask);
    } else if (outcome instanceof Outcome.Refused refused) {
      if (refused.session() != null) {
        isTrue(driver, ask, refused.session());
      }
      refused(ask, refused);
    }
  }

  /** What is refused is not done later. */
  private void uncountRefused(Ask ask, Outcome outcome) {
    boolean refused =
        outcome instanceof Outcome.NotLive
            || (outcome instanceof Outcome.Refused refusal
                && refusal.code().category() != ErrorCode.Category.UNAVAILABLE);
    if (refused) {
      counted(ask, -1);
    }
  }

  private void counted(Ask ask, int by) {
    Story story = rules.story(ask.command.sessionId());
    if (ask.command instanceof Command.Extend) {
      story.extensionsAsked += by;
    } else if (ask.command instanceof Command.Revoke) {
      story.revokesAsked += by;
    } else if (ask.command instanceof Command.Stop) {
      story.stopsAsked += by;
    }
  }

  private void isTrue(ShardDriver driver, Ask ask, SessionView view) {
    Story story = rules.story(view.id());
    int since = rules.isOwner(driver) ? ask.statesBefore - 1 : 0;
    BrokenRule.unless(
        story.wasSince(since, Story.State.of(view)),
        1,
        "%s says of %s what is not so: %s, but %s",
        driver,
        ask,
        Story.State.of(view),
        story.states.subList(Math.max(0, since), story.states.size()));
    BrokenRule.unless(
        movesActivity(ask.command) || view.lastAccess() <= story.latestPossibleAccess(),
        6,
        "%s: %s moved the activity of %s",
        driver,
        ask,
        view);
  }

  private void changed(Ask ask, SessionView view) {
    Story story = rules.story(view.id());
    if (ask.command instanceof Command.Extend) {
      BrokenRule.unless(
          story.extensionsAcknowledged.add(view.generation()),
          4,
          "two extensions of %s made one change",
          view.id());
    } else if (ask.command instanceof Command.NoteAlive) {
      SessionRecord row = row(ask);
      BrokenRule.unless(row.lastSeenAt() >= view.now(), 4, "not noted: %s", row);
    }
  }

  private SessionRecord row(Ask ask) {
    SessionRecord row = world.store.row(ask.command.sessionId());
    BrokenRule.unless(row != null, 4, "%s: nothing of it is in the database", ask);
    return row;
  }

  private void acknowledged(ShardDriver driver, Ask ask, SessionView view) {
    Command command = ask.command;
    BrokenRule.unless(
        !isHidden(row(ask), command), 0, "%s learns of what it may not: %s", ask, view);
    if (command instanceof Command.Revoke || command instanceof Command.Stop) {
      BrokenRule.unless(
          !row(ask).state().live() && !view.state().live(), 2, "%s: it lives on", ask);
    } else if (command instanceof Command.Finish) {
      BrokenRule.unless(row(ask).state() == SessionState.ENDED, 1, "%s: not finished", ask);
    }
    if (!view.state().live()) {
      return;
    }
    Incumbency.Heard heard = driver.incumbency().heard(view.id());
    BrokenRule.unless(
        view.lastAccess() >= heard.access && view.lastReported() >= heard.report,
        6,
        "%s forgot that %s was heard of: %s",
        driver,
        view.id(),
        view);
    if (isActivity(command)) {
      heard.access = Math.max(heard.access, view.now());
    } else if (command instanceof Command.Heartbeat || command instanceof Command.NoteAlive) {
      heard.report = Math.max(heard.report, view.now());
    }
  }

  private void notLive(ShardDriver driver, Ask ask) {
    SessionRecord row = world.store.row(ask.command.sessionId());
    BrokenRule.unless(
        !rules.isOwner(driver)
            || row == null
            || row.state() == SessionState.ENDED
            || isHidden(row, ask.command),
        1,
        "%s does not know of %s for %s",
        driver,
        row,
        ask);
  }

  /** Whoever may not know of the session's realm, or lacks its secret, is told of none. */
  private static boolean isHidden(SessionRecord row, Command command) {
    if (command instanceof Command.Heartbeat heartbeat) {
      return heartbeat.realmId() != 0 && heartbeat.realmId() != row.terms().realmId();
    } else if (command instanceof Command.ReadToken read) {
      return !read.secret().equals(row.secret());
    } else if (command instanceof Command.TouchToken touch) {
      return !touch.secret().equals(row.secret());
    }
    return false;
  }

  private void refused(Ask ask, Outcome.Refused refused) {
    Command command = ask.command;
    UUID id = command.sessionId();
    boolean right =
        switch (refused.code()) {
          case UNAVAILABLE, DEPOSED -> true;
          case INTERNAL -> world.store.wasPoisoned(id) || isNumberTaken(command);
          case ALREADY_EXISTS -> command instanceof Command.Create && world.store.row(id) != null;
          case NOT_OWNER ->
              command instanceof Command.Heartbeat heartbeat
                  && row(ask).owner() != null
                  && !row(ask).owner().equals(heartbeat.process());
          case OVER_MAXIMUM_DURATION -> isOverMaximum(command, refused);
          case INVALID_FIELD ->
              command instanceof Command.Create
                  || (command instanceof Command.Extend extend && extend.additional() < 1);
          case WRONG_STATE -> isWrongState(command, refused.session());
          default -> false;
        };
    BrokenRule.unless(right, 4, "%s is refused: %s", ask, refused);
  }

  private boolean isNumberTaken(Command command) {
    return command instanceof Command.Create create
        && world.store.numberTaken(create.session().numericId(), create.sessionId());
  }

  private static boolean isOverMaximum(Command command, Outcome.Refused refused) {
    if (command instanceof Command.Create create) {
      return create.session().duration() > create.session().terms().maxDuration();
    }
    SessionView view = refused.session();
    return command instanceof Command.Extend extend
        && view != null
        && BigInteger.valueOf(view.expiresAt())
                .add(BigInteger.valueOf(extend.additional()))
                .subtract(BigInteger.valueOf(view.startedAt()))
                .compareTo(BigInteger.valueOf(view.terms().maxDuration()))
            > 0;
  }

  private static boolean isWrongState(Command command, SessionView view) {
    if (command instanceof Command.Extend) {
      return !view.state().live();
    } else if (command instanceof Command.Finish) {
      return view.state().live();
    }
    boolean early = view.state() == SessionState.APPROVED && view.now() < view.startedAt();
    return command instanceof Command.Heartbeat
        ? early
        : command instanceof Command.Activate && (early || !view.state().live());
  }

  void atTheEnd() {
    for (ShardDriver driver : open.keySet()) {
      if (driver.serves() && rules.isOwner(driver) && driver.node.driver(driver.shard) == driver) {
        nothingIsOpen(driver);
      }
    }
  }
}
