package dev.curfew;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the process does when it is told to stop (SIGTERM, or SIGINT by Ctrl-C), each time a little
 * harder. A shutdown hook would hear only the first signal.
 */
final class StopSignals {
  /** 128 and the number of SIGTERM, as a shell says it. */
  private static final int KILLED = 143;

  private StopSignals() {}

  /**
   * Takes the signals over from the JVM, which would exit. The first signal runs the first step,
   * and so on; with one more than there are steps the process is gone at once.
   */
  static void escalate(List<Runnable> steps) {
    AtomicInteger heard = new AtomicInteger();
    Runnable next =
        () -> {
          int step = heard.getAndIncrement();
          if (step < steps.size()) {
            steps.get(step).run();
          } else {
            Runtime.getRuntime().halt(KILLED);
          }
        };
    handle("TERM", next);
    handle("INT", next);
  }

  /**
   * By reflection, since javac has a warning for each mention of this class and no way to say so.
   */
  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object calling =
          Proxy.newProxyInstance(
              StopSignals.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> run(action);
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> name;
                  });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), calling);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM does not tell of signals", e);
    }
  }

  private static @Nullable Object run(Runnable action) {
    action.run();
    return null;
  }
}
