package dev.curfew.bus;

import io.vertx.core.buffer.Buffer;

final class RoutedCommandFormat implements WireFormat<RoutedCommand> {
  static final RoutedCommandFormat INSTANCE = new RoutedCommandFormat();

  private RoutedCommandFormat() {}

  @Override
  public void write(RoutedCommand message, Buffer to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RoutedCommand read(Buffer from, int at) {
    throw new UnsupportedOperationException();
  }
}
