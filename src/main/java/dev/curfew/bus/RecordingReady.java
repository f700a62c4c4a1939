package dev.curfew.bus;

/** A recording waits for an encoder or an uploader. */
public record RecordingReady() {
  public static final RecordingReady INSTANCE = new RecordingReady();
}
