package dev.curfew.bus;

import dev.curfew.fault.ErrorCode;
import dev.curfew.session.Outcome;

/** Answers to commands on the wire. */
final class CommandAnswerFormat {
  private static final int VERSION = 1;

  private static final Variants<Outcome> OUTCOMES =
      Variants.of(Outcome.class)
          .with(
              1,
              Outcome.Done.class,
              (to, done) -> {
                SessionParts.view(to, done.session());
                to.flag(done.changed());
              },
              from -> new Outcome.Done(SessionParts.view(from), from.flag()))
          .with(
              2,
              Outcome.Refused.class,
              (to, refused) -> {
                to.choice(refused.code());
                to.text(refused.message());
                to.optional(refused.session(), SessionParts::view);
                to.number(refused.limit());
              },
              from ->
                  new Outcome.Refused(
                      from.choice(ErrorCode.class),
                      from.text(),
                      from.optional(SessionParts::view),
                      from.largeNumber()))
          .with(3, Outcome.NotLive.class, Outcome.NotLive.INSTANCE)
          .complete();

  private static final Variants<CommandAnswer> ANSWERS =
      Variants.of(CommandAnswer.class)
          .with(
              1,
              CommandAnswer.Settled.class,
              (to, settled) -> OUTCOMES.write(to, settled.outcome()),
              from -> new CommandAnswer.Settled(OUTCOMES.read(from)))
          .with(2, CommandAnswer.Elsewhere.class, CommandAnswer.Elsewhere.INSTANCE)
          .with(
              3,
              CommandAnswer.Failed.class,
              (to, failed) -> {
                to.choice(failed.code());
                to.text(failed.message());
              },
              from -> new CommandAnswer.Failed(from.choice(ErrorCode.class), from.text()))
          .complete();

  static final WireFormat<CommandAnswer> INSTANCE =
      new MessageFormat<>("command's answer", VERSION, ANSWERS::write, ANSWERS::read);

  private CommandAnswerFormat() {}
}
