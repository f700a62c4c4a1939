package dev.curfew.recording;

/**
 * What became of something captured.
 *
 * @param sequence the chunk's number in the manifest; -1 when nothing was stored
 * @param rawBytes length of the gateway's own recording so far: the next offset expected
 */
public record Capture(Outcome outcome, long sequence, long rawBytes) {

  /** Whether it was kept, and if not, why not. */
  public enum Outcome {
    /** Stored and listed. */
    STORED,
    /** It was there already; not stored twice. */
    REPEATED,
    /** The session is over; nothing is stored. */
    TERMINATED,
    /** This kind is not captured here; nothing is stored. */
    SWITCHED_OFF
  }

  static final Capture TERMINATED = new Capture(Outcome.TERMINATED, -1, 0);
  static final Capture SWITCHED_OFF = new Capture(Outcome.SWITCHED_OFF, -1, 0);

  /** Whether the session is over. */
  public boolean terminated() {
    return outcome == Outcome.TERMINATED;
  }
}
