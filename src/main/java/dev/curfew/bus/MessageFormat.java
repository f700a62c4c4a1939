package dev.curfew.bus;

import dev.curfew.fault.CurfewException;
import io.vertx.core.buffer.Buffer;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A message as it travels: a byte for the version, four for the length of what follows, and the
 * parts. A reader refuses another version, parts that are missing and parts that it does not know.
 */
final class MessageFormat<T> implements WireFormat<T> {
  /** Version and length. */
  private static final int HEAD = 1 + Integer.BYTES;

  private final String name;
  private final byte version;
  private final BiConsumer<WireWriter, T> write;
  private final Function<WireReader, T> read;

  /**
   * @param name what the message is called where one is refused
   */
  MessageFormat(
      String name, int version, BiConsumer<WireWriter, T> write, Function<WireReader, T> read) {
    this.name = name;
    this.version = (byte) version;
    this.write = write;
    this.read = read;
  }

  @Override
  public void write(T message, Buffer to) {
    to.appendByte(version);
    int lengthAt = to.length();
    to.appendInt(0);
    write.accept(new WireWriter(to), message);
    to.setInt(lengthAt, to.length() - lengthAt - Integer.BYTES);
  }

  @Override
  public T read(Buffer from, int at) {
    try {
      return parts(from, at);
    } catch (IllegalArgumentException | CurfewException e) {
      // A value that its own type refuses is as unreadable as one that is cut short.
      throw new IllegalArgumentException("Not a " + name + ": " + e.getMessage(), e);
    }
  }

  private T parts(Buffer from, int at) {
    WireReader head = new WireReader(from, at, from.length());
    int found = head.tag();
    if (found != version) {
      throw new IllegalArgumentException("unknown version " + found);
    }
    int length = head.number();
    int start = at + HEAD;
    if (length < 0 || length > from.length() - start) {
      throw new IllegalArgumentException(
          "the message ends after " + (from.length() - start) + " of " + length + " bytes");
    }
    WireReader reader = new WireReader(from, start, start + length);
    T message = read.apply(reader);
    if (!reader.exhausted()) {
      throw new IllegalArgumentException("something follows its last part");
    }
    return message;
  }
}
