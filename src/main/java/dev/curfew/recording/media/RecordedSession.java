package dev.curfew.recording.media;

import java.util.UUID;
import java.util.stream.Stream;

/** What was captured of one session, as the encoder reads it. */
public interface RecordedSession {

  UUID sessionId();

  /** When the session began, epoch milliseconds. */
  long startedAt();

  /** When the session ended, epoch milliseconds. */
  long endedAt();

  /**
   * Everything captured, in order of capture time, from the beginning. Called more than once; each
   * call answers the same items. The caller closes the stream.
   */
  Stream<CapturedItem> items();
}
