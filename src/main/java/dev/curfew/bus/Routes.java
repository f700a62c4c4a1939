package dev.curfew.bus;

import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Every address of the event bus. */
public final class Routes {
  public static final Route<EventsCommitted> EVENTS_COMMITTED =
      notice("curfew.events.committed", EventsCommitted.class, EventsCommitted.INSTANCE);

  public static final Route<RecordingReady> RECORDING_READY =
      notice("curfew.recording.ready", RecordingReady.class, RecordingReady.INSTANCE);

  public static final Route<CredentialsChanged> CREDENTIALS_CHANGED =
      notice("curfew.credentials.changed", CredentialsChanged.class, CredentialsChanged.INSTANCE);

  public static final Route<ThresholdsChanged> THRESHOLDS_CHANGED =
      notice("curfew.thresholds.changed", ThresholdsChanged.class, ThresholdsChanged.INSTANCE);
  public static final Route<MessagesWaiting> MESSAGES_WAITING =
      notice("curfew.messages.waiting", MessagesWaiting.class, MessagesWaiting.INSTANCE);

  private Routes() {}

  public static List<Route<?>> all() {
    return List.of(
        EVENTS_COMMITTED,
        RECORDING_READY,
        CREDENTIALS_CHANGED,
        THRESHOLDS_CHANGED,
        MESSAGES_WAITING);
  }

  /** A message without content: its arrival is all that it says. */
  private static <T> Route<T> notice(String address, Class<T> type, T instance) {
    return new Route<>(
        address,
        type,
        new WireFormat<>() {
          private static final byte VERSION = 1;

          @Override
          public void write(T message, Buffer to) {
            to.appendByte(VERSION);
          }

          @Override
          public T read(Buffer from, int at) {
            if (from.getByte(at) != VERSION) {
              throw new IllegalArgumentException(address + ": unknown version " + from.getByte(at));
            }
            return instance;
          }
        });
  }
}
