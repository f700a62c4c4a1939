package dev.curfew.bus;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes the parts of a message; {@link WireReader} reads them, in the same order. */
final class WireWriter {
  private final Buffer to;

  WireWriter(Buffer to) {
    this.to = to;
  }

  void flag(boolean value) {
    to.appendByte((byte) (value ? 1 : 0));
  }

  /** A number that says what follows, from 0 to 255. */
  void tag(int value) {
    to.appendUnsignedByte((short) value);
  }

  void number(int value) {
    to.appendInt(value);
  }

  void number(long value) {
    to.appendLong(value);
  }

  void id(UUID value) {
    to.appendLong(value.getMostSignificantBits()).appendLong(value.getLeastSignificantBits());
  }

  void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    to.appendInt(bytes.length).appendBytes(bytes);
  }

  /** By its name: its place among the others may be another in the next version. */
  void choice(Enum<?> value) {
    text(value.name());
  }

  <T> void list(Collection<T> values, BiConsumer<WireWriter, T> write) {
    to.appendInt(values.size());
    values.forEach(value -> write.accept(this, value));
  }

  <T> void optional(@Nullable T value, BiConsumer<WireWriter, T> write) {
    flag(value != null);
    if (value != null) {
      write.accept(this, value);
    }
  }
}
