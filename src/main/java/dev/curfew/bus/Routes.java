package dev.curfew.bus;

import java.util.List;

/** Every address of the event bus. */
public final class Routes {
  private static final int NOTICE_VERSION = 1;

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

  public static final Route<ShardsMoved> SHARDS_MOVED =
      notice("curfew.shards.moved", ShardsMoved.class, ShardsMoved.INSTANCE);

  public static final Route<SessionOverlooked> SESSION_OVERLOOKED =
      new Route<>(
          "curfew.session.overlooked", SessionOverlooked.class, SessionOverlookedFormat.INSTANCE);

  /** Commands, to the member that owns the session's shard. */
  public static final AskRoute<RoutedCommand, CommandAnswer> COMMANDS =
      new AskRoute<>(
          "curfew.commands",
          RoutedCommand.class,
          RoutedCommandFormat.INSTANCE,
          CommandAnswer.class,
          CommandAnswerFormat.INSTANCE);

  /** Claims, to a member that hands them out. */
  public static final AskRoute<ClaimQuestion, ClaimsGranted> CLAIMS =
      new AskRoute<>(
          "curfew.claims",
          ClaimQuestion.class,
          ClaimFormats.QUESTION,
          ClaimsGranted.class,
          ClaimFormats.GRANTED);

  private Routes() {}

  public static List<Route<?>> all() {
    return List.of(
        EVENTS_COMMITTED,
        RECORDING_READY,
        CREDENTIALS_CHANGED,
        THRESHOLDS_CHANGED,
        MESSAGES_WAITING,
        SHARDS_MOVED,
        SESSION_OVERLOOKED,
        COMMANDS.question(),
        COMMANDS.answer(),
        CLAIMS.question(),
        CLAIMS.answer());
  }

  /** A message without content: its arrival is all that it says. */
  private static <T> Route<T> notice(String address, Class<T> type, T instance) {
    return new Route<>(
        address,
        type,
        new MessageFormat<>(address, NOTICE_VERSION, (to, message) -> {}, from -> instance));
  }
}
