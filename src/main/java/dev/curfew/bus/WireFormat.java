package dev.curfew.bus;

import io.vertx.core.buffer.Buffer;

/**
 * The binary form of a message between nodes. The first byte is a version; a reader refuses
 * versions that it does not know.
 */
public interface WireFormat<T> {
  void write(T message, Buffer to);

  /**
   * @param at where the message begins
   */
  T read(Buffer from, int at);
}
