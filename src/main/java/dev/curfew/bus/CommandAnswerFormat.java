package dev.curfew.bus;

import io.vertx.core.buffer.Buffer;

final class CommandAnswerFormat implements WireFormat<CommandAnswer> {
  static final CommandAnswerFormat INSTANCE = new CommandAnswerFormat();

  private CommandAnswerFormat() {}

  @Override
  public void write(CommandAnswer message, Buffer to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CommandAnswer read(Buffer from, int at) {
    throw new UnsupportedOperationException();
  }
}
