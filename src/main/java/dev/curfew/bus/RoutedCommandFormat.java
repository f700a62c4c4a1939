package dev.curfew.bus;

import dev.curfew.session.Command;

/** Commands on the wire, with the patience of whoever asks. */
final class RoutedCommandFormat {
  private static final int VERSION = 1;

  private static final Variants<Command> COMMANDS =
      Variants.of(Command.class)
          .with(
              1,
              Command.Create.class,
              (to, create) -> {
                SessionParts.newSession(to, create.session());
                SessionParts.initiator(to, create.by());
                to.number(create.createdBy());
              },
              from ->
                  new Command.Create(
                      SessionParts.newSession(from),
                      SessionParts.initiator(from),
                      from.largeNumber()))
          .with(
              2,
              Command.Activate.class,
              (to, activate) -> {
                to.id(activate.sessionId());
                SessionParts.initiator(to, activate.by());
              },
              from -> new Command.Activate(from.id(), SessionParts.initiator(from)))
          .with(
              3,
              Command.Heartbeat.class,
              (to, heartbeat) -> {
                to.id(heartbeat.sessionId());
                to.number(heartbeat.realmId());
                to.optional(heartbeat.process(), WireWriter::text);
              },
              from ->
                  new Command.Heartbeat(from.id(), from.number(), from.optional(WireReader::text)))
          .with(
              4,
              Command.Touch.class,
              (to, touch) -> to.id(touch.sessionId()),
              from -> new Command.Touch(from.id()))
          .with(
              5,
              Command.ReadToken.class,
              (to, read) -> {
                to.id(read.sessionId());
                SessionParts.digest(to, read.secret());
              },
              from -> new Command.ReadToken(from.id(), SessionParts.digest(from)))
          .with(
              6,
              Command.TouchToken.class,
              (to, touch) -> {
                to.id(touch.sessionId());
                SessionParts.digest(to, touch.secret());
              },
              from -> new Command.TouchToken(from.id(), SessionParts.digest(from)))
          .with(
              7,
              Command.Extend.class,
              (to, extend) -> {
                to.id(extend.sessionId());
                to.number(extend.additional());
                to.number(extend.from());
                SessionParts.initiator(to, extend.by());
              },
              from ->
                  new Command.Extend(
                      from.id(),
                      from.largeNumber(),
                      from.largeNumber(),
                      SessionParts.initiator(from)))
          .with(
              8,
              Command.Revoke.class,
              (to, revoke) -> {
                to.id(revoke.sessionId());
                SessionParts.initiator(to, revoke.by());
                to.optional(revoke.remark(), WireWriter::text);
              },
              from ->
                  new Command.Revoke(
                      from.id(), SessionParts.initiator(from), from.optional(WireReader::text)))
          .with(
              9,
              Command.Stop.class,
              (to, stop) -> {
                to.id(stop.sessionId());
                SessionParts.initiator(to, stop.by());
                SessionParts.reason(to, stop.reason());
              },
              from ->
                  new Command.Stop(
                      from.id(), SessionParts.initiator(from), SessionParts.reason(from)))
          .with(
              10,
              Command.NoteAlive.class,
              (to, note) -> to.id(note.sessionId()),
              from -> new Command.NoteAlive(from.id()))
          .with(
              11,
              Command.Finish.class,
              (to, finish) -> to.id(finish.sessionId()),
              from -> new Command.Finish(from.id()))
          .with(
              12,
              Command.Observe.class,
              (to, observe) -> to.id(observe.sessionId()),
              from -> new Command.Observe(from.id()))
          .complete();

  static final WireFormat<RoutedCommand> INSTANCE =
      new MessageFormat<>(
          "command",
          VERSION,
          (to, message) -> {
            to.number(message.patience());
            COMMANDS.write(to, message.command());
          },
          from -> {
            long patience = from.largeNumber();
            return new RoutedCommand(COMMANDS.read(from), patience);
          });

  private RoutedCommandFormat() {}
}
