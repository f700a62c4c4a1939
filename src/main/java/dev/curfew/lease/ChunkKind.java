package dev.curfew.lease;

/**
 * What a gateway captures of a session. The names of the constants are part of the hash chain: they
 * never change.
 */
public enum ChunkKind {
  /** One image of the screen. */
  SCREENSHOT(1, "screenshot"),
  /** Typed text. */
  KEYSTROKES(2, "keystrokes"),
  /** Text that went through the clipboard. */
  CLIPBOARD(3, "clipboard"),
  /** A piece of the gateway's own recording, in order. */
  RAW(4, "raw");

  private final short code;
  private final String wireName;

  ChunkKind(int code, String wireName) {
    this.code = (short) code;
    this.wireName = wireName;
  }

  /** The number stored in the database; never reused. */
  public short code() {
    return code;
  }

  public String wireName() {
    return wireName;
  }

  public static ChunkKind ofCode(int code) {
    for (ChunkKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind of chunk " + code);
  }
}
