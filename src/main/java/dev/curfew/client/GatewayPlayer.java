package dev.curfew.client;

import dev.curfew.replay.CaptureReader;
import dev.curfew.replay.CapturedEvent;
import dev.curfew.replay.CapturedSession;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Plays a captured session to a node as the gateway that holds it: screenshots, keystrokes and
 * clipboard in the order of their times, and a heartbeat every second until the session is over.
 * The playing may be faster than the capture was; what is recorded keeps its true distances in
 * time.
 */
public final class GatewayPlayer implements AutoCloseable {
  private static final String BASE = "/api/services/v1/secureaccessgateway/";
  private static final long HEARTBEAT_NANOS = 1_000_000_000L;

  /** Nothing is captured later than this before the deadline: the node would refuse it. */
  private static final long MARGIN_MILLIS = 500;

  private record Step(long offset, String call, JsonObject body) {}

  private final ApiClient api;
  private final String sessionId;
  private final String instance;
  private final long startedAt;
  private final LongSupplier expiresAt;
  private final double speed;
  private final List<Step> steps;
  private final Thread thread;
  private volatile boolean stopped;
  private volatile boolean terminated;
  private volatile int played;
  private volatile long heartbeats;
  private volatile ApiFailure[] failure = new ApiFailure[0];

  /**
   * @param startedAt when the session began, epoch milliseconds of the node
   * @param expiresAt the deadline as it is known now, likewise
   * @param speed how many seconds of the capture are played in one
   */
  public GatewayPlayer(
      ApiClient api,
      CaptureReader reader,
      CapturedSession capture,
      String sessionId,
      String instance,
      long startedAt,
      LongSupplier expiresAt,
      double speed) {
    this.api = api;
    this.sessionId = sessionId;
    this.instance = instance;
    this.startedAt = startedAt;
    this.expiresAt = expiresAt;
    this.speed = speed;
    this.steps = steps(reader, capture);
    this.thread = new Thread(this::run, "gateway-" + instance);
    this.thread.setDaemon(true);
  }

  private List<Step> steps(CaptureReader reader, CapturedSession capture) {
    List<Step> all = new ArrayList<>();
    for (CapturedEvent event : capture.events()) {
      all.add(step(event.at() - capture.startedAt(), event, reader));
    }
    return all;
  }

  private Step step(long offset, CapturedEvent event, CaptureReader reader) {
    JsonObject body =
        new JsonObject().put("session", sessionId).put("capturedAt", startedAt + offset);
    if (event instanceof CapturedEvent.Frame frame) {
      return new Step(
          offset, "savescreenshot", body.put("image", dataUrl(frame.file(), reader.image(frame))));
    }
    if (event instanceof CapturedEvent.Keystroke keystroke) {
      return new Step(offset, "savekeystrokes", body.put("text", keystroke.key()));
    }
    CapturedEvent.ClipboardCopy copied = (CapturedEvent.ClipboardCopy) event;
    return new Step(offset, "saveclipboard", body.put("text", copied.text()));
  }

  private static String dataUrl(String file, byte[] image) {
    String name = file.toLowerCase(Locale.ROOT);
    String type = name.endsWith(".png") ? "png" : name.endsWith(".webp") ? "webp" : "jpeg";
    return "data:image/" + type + ";base64," + Base64.getEncoder().encodeToString(image);
  }

  public GatewayPlayer start() {
    thread.start();
    return this;
  }

  private void run() {
    long began = System.nanoTime();
    long heartbeatDue = began;
    int next = 0;
    try {
      while (!stopped && !terminated) {
        long now = System.nanoTime();
        if (now >= heartbeatDue) {
          heartbeat();
          heartbeatDue += HEARTBEAT_NANOS;
        } else if (next < steps.size() && due(steps.get(next), now - began)) {
          play(steps.get(next++));
          played = next;
        } else {
          pause(next, began, heartbeatDue, now);
        }
      }
    } catch (ApiFailure broken) {
      failure = new ApiFailure[] {broken};
    } catch (InterruptedException e) {
      stopped = true;
    }
  }

  private boolean due(Step step, long elapsedNanos) {
    return step.offset <= elapsedNanos / 1e6 * speed
        && startedAt + step.offset < expiresAt.getAsLong() - MARGIN_MILLIS;
  }

  /** Waits for whatever is due first; briefly, since the deadline may be moved meanwhile. */
  private void pause(int next, long began, long heartbeatDue, long now)
      throws InterruptedException {
    long wait = heartbeatDue - now;
    if (next < steps.size()) {
      long due = began + (long) (steps.get(next).offset / speed * 1e6);
      wait = Math.min(wait, Math.max(due - now, 5_000_000L));
    }
    Thread.sleep(Math.max(1, wait / 1_000_000));
  }

  private void heartbeat() {
    JsonObject answer =
        api.post(
            BASE + "Polling",
            new JsonObject().put("session", sessionId).put("processInstance", instance));
    heartbeats++;
    terminated = answer.getBoolean("TerminateSession", false);
  }

  private void play(Step step) {
    terminated |= api.post(BASE + step.call, step.body).getBoolean("TerminateSession", false);
  }

  /** Whether the node has told the gateway to let go. */
  public boolean terminated() {
    return terminated;
  }

  public int played() {
    return played;
  }

  public int total() {
    return steps.size();
  }

  public long heartbeats() {
    return heartbeats;
  }

  /** Fails with what went wrong in the gateway, if anything did. */
  public void check() {
    for (ApiFailure broken : failure) {
      throw broken;
    }
  }

  @Override
  public void close() {
    stopped = true;
    thread.interrupt();
  }
}
