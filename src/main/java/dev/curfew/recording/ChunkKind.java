package dev.curfew.recording;

/** What a chunk of a recording holds. The names are part of the hash chain: they never change. */
public enum ChunkKind {
  /** One PNG, JPEG or WebP picture of the screen, a stored object. */
  SCREENSHOT,
  /** Keys that were typed, as text in the manifest. */
  KEYSTROKES,
  /** Text that was put on the clipboard, in the manifest. */
  CLIPBOARD,
  /** A piece of the raw terminal recording, a stored object. */
  RAW
}
