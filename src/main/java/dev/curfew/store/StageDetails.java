package dev.curfew.store;

import org.jspecify.annotations.Nullable;

/**
 * What a worker says beside the stage; null for nothing.
 *
 * @param sha256 of the uploaded video, in hex
 * @param failure why an attempt failed
 * @param skipped how many chunks the encoder could not use
 */
public record StageDetails(
    @Nullable Boolean sshLogsUploaded,
    @Nullable String format,
    @Nullable String destination,
    @Nullable String sha256,
    @Nullable String failure,
    @Nullable Long skipped) {
  public static final StageDetails NONE = new StageDetails(null, null, null, null, null, null);

  public static StageDetails failure(String why) {
    return new StageDetails(null, null, null, null, why, null);
  }

  public static StageDetails destination(String destination) {
    return new StageDetails(null, null, destination, null, null, null);
  }

  /**
   * @param format of the video; null without one
   */
  public static StageDetails encoded(@Nullable String format, long skipped) {
    return new StageDetails(null, format, null, null, null, skipped);
  }
}
