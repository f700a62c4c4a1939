package dev.curfew.recording.media;

/** This one image cannot be used; the recording goes on without it. */
final class CorruptFrameException extends Exception {
  private static final long serialVersionUID = 1L;

  CorruptFrameException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    String message = getMessage();
    return message == null ? "unreadable" : message;
  }
}
