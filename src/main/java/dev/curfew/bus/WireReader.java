package dev.curfew.bus;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of a message, and nothing beyond its end. Whatever is not as {@link WireWriter}
 * writes it is refused with an {@link IllegalArgumentException}.
 */
final class WireReader {
  private final Buffer from;
  private final int end;
  private int at;

  /**
   * @param at where the message begins
   * @param end behind its last byte, at most the length of the buffer
   */
  WireReader(Buffer from, int at, int end) {
    this.from = from;
    this.at = at;
    this.end = end;
  }

  boolean flag() {
    byte value = from.getByte(take(1));
    if (value != 0 && value != 1) {
      throw new IllegalArgumentException("neither yes nor no: " + value);
    }
    return value == 1;
  }

  int tag() {
    return from.getUnsignedByte(take(1));
  }

  int number() {
    return from.getInt(take(Integer.BYTES));
  }

  long largeNumber() {
    return from.getLong(take(Long.BYTES));
  }

  UUID id() {
    return new UUID(largeNumber(), largeNumber());
  }

  String text() {
    int length = number();
    int start = take(length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(from.getBytes(start, start + length)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text that is not UTF-8", e);
    }
  }

  <E extends Enum<E>> E choice(Class<E> type) {
    return Enum.valueOf(type, text());
  }

  <T> List<T> list(Function<WireReader, T> read) {
    int count = number();
    // Nothing is written in less than a byte, so that a wrong number is found before it costs.
    if (count < 0 || count > end - at) {
      throw new IllegalArgumentException("a list of " + count + " in " + (end - at) + " bytes");
    }
    List<T> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(read.apply(this));
    }
    return values;
  }

  <T> @Nullable T optional(Function<WireReader, T> read) {
    return flag() ? read.apply(this) : null;
  }

  boolean exhausted() {
    return at == end;
  }

  /** Where the next bytes begin, once it is certain that they are all there. */
  private int take(int bytes) {
    if (bytes < 0 || bytes > end - at) {
      throw new IllegalArgumentException(
          "the message ends after " + (end - at) + " of " + bytes + " bytes");
    }
    int start = at;
    at += bytes;
    return start;
  }
}
