package dev.curfew.recording.storage;

/** The bytes are not a whole image; the message completes the sentence "The image ...". */
final class BadImage extends Exception {
  private static final long serialVersionUID = 1L;

  BadImage(String message) {
    super(message, null, false, false);
  }
}
