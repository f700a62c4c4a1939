package dev.curfew.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of a node, however often the connection breaks: it connects again by itself and goes
 * on after the last event that it has. Blocking; for one thread.
 */
public final class EventFollower implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final ApiClient api;
  private final String filters;
  private final Consumer<String> notices;
  private @Nullable String last;
  private @Nullable AlertStream stream;
  private Duration pause = FIRST_PAUSE;
  private long connectAt = System.nanoTime();
  private long connections;

  /**
   * @param filters the query of the WebSocket, without {@code after}; empty or from {@code ?} on
   * @param after the id to go on after; null for what comes from now on
   * @param notices told, in a line, when the connection breaks and when there is one again
   */
  public EventFollower(
      ApiClient api, String filters, @Nullable String after, Consumer<String> notices) {
    this.api = api;
    this.filters = filters;
    this.last = after;
    this.notices = notices;
  }

  /**
   * The next event.
   *
   * @return null when none came in time
   * @throws ApiFailure when the node refuses: what it refuses once it refuses again
   */
  public AlertStream.@Nullable Alert next(Duration patience) {
    AlertStream open = stream;
    if (open == null) {
      open = connect(patience);
      if (open == null) {
        return null;
      }
    }
    try {
      AlertStream.Alert alert = open.next(patience);
      if (alert != null) {
        last = alert.event().getString("id", last);
        pause = FIRST_PAUSE;
      }
      return alert;
    } catch (ApiFailure broken) {
      open.close();
      stream = null;
      lost(broken);
      return null;
    }
  }

  /** How many connections there have been; whoever keeps a picture reads anew with each. */
  public long connections() {
    return connections;
  }

  private @Nullable AlertStream connect(Duration patience) {
    long wait = Math.min(connectAt - System.nanoTime(), patience.toNanos());
    if (wait > 0) {
      sleep(wait);
    }
    if (connectAt - System.nanoTime() > 0) {
      return null;
    }
    String resume =
        last == null ? "" : (filters.isEmpty() ? "?" : "&") + "after=" + ListQuery.encoded(last);
    try {
      AlertStream opened = api.alerts(filters + resume);
      stream = opened;
      if (connections++ > 0) {
        notices.accept(
            last == null
                ? "connected again; what happened meanwhile is not shown"
                : "connected again, going on after " + last);
      }
      return opened;
    } catch (ApiFailure refused) {
      if (refused.status() >= 400 && refused.status() < 500) {
        throw refused;
      }
      lost(refused);
      return null;
    }
  }

  private void lost(ApiFailure why) {
    notices.accept(why.getMessage() + "; trying again in " + pause.toMillis() + " ms");
    connectAt = System.nanoTime() + pause.toNanos();
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
  }

  private static void sleep(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiFailure(0, "Interrupted");
    }
  }

  @Override
  public void close() {
    AlertStream open = stream;
    if (open != null) {
      open.close();
    }
  }
}
