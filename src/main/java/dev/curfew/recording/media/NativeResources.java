package dev.curfew.recording.media;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;

/**
 * Native objects that live and die together: freed in the opposite order of their making, once, by
 * whoever owns this. The collector would find them too late, since it sees only small pointers.
 */
final class NativeResources implements AutoCloseable {
  private final Deque<Runnable> releases = new ArrayDeque<>();

  /** Takes an object over, with the call that frees it. */
  <P extends Pointer> P own(P pointer, Consumer<P> release) {
    releases.push(() -> release.accept(pointer));
    return pointer;
  }

  @Override
  public void close() {
    while (!releases.isEmpty()) {
      releases.pop().run();
    }
  }
}
