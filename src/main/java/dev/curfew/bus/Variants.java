package dev.curfew.bus;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How the kinds of a sealed type travel: a number that says which, and the parts of that kind. The
 * numbers are never reused.
 */
final class Variants<T> {
  private record Variant<T>(
      int tag, BiConsumer<WireWriter, T> write, Function<WireReader, ? extends T> read) {}

  private final Class<T> sealed;
  private final Map<Class<?>, Variant<T>> byType = new HashMap<>();
  private final Map<Integer, Variant<T>> byTag = new HashMap<>();

  private Variants(Class<T> sealed) {
    this.sealed = sealed;
  }

  static <T> Variants<T> of(Class<T> sealed) {
    return new Variants<>(sealed);
  }

  /**
   * @param tag from 0 to 255
   */
  <V extends T> Variants<T> with(
      int tag, Class<V> type, BiConsumer<WireWriter, V> write, Function<WireReader, V> read) {
    Variant<T> variant =
        new Variant<>(tag, (to, value) -> write.accept(to, type.cast(value)), read);
    if (byTag.put(tag, variant) != null || byType.put(type, variant) != null) {
      throw new IllegalStateException(type.getName() + " or its number " + tag + " comes twice");
    }
    return this;
  }

  /** Of a kind without parts. */
  <V extends T> Variants<T> with(int tag, Class<V> type, V only) {
    return with(tag, type, (to, value) -> {}, from -> only);
  }

  /**
   * @throws IllegalStateException when a kind has been forgotten
   */
  Variants<T> complete() {
    for (Class<?> kind : sealed.getPermittedSubclasses()) {
      if (!byType.containsKey(kind)) {
        throw new IllegalStateException("no form on the wire for " + kind.getName());
      }
    }
    return this;
  }

  void write(WireWriter to, T value) {
    Variant<T> variant = byType.get(value.getClass());
    if (variant == null) {
      throw new IllegalStateException("no form on the wire for " + value.getClass().getName());
    }
    to.tag(variant.tag);
    variant.write.accept(to, value);
  }

  T read(WireReader from) {
    int tag = from.tag();
    Variant<T> variant = byTag.get(tag);
    if (variant == null) {
      throw new IllegalArgumentException("no " + sealed.getSimpleName() + " has the number " + tag);
    }
    return variant.read.apply(from);
  }
}
