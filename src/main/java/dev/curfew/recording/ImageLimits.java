package dev.curfew.recording;

/**
 * How large a screenshot may be.
 *
 * @param maxBytes of the file
 * @param maxPixels width times height, as the file declares them
 */
public record ImageLimits(long maxBytes, long maxPixels) {
  /** 10 MiB and 50 megapixels. */
  public static final ImageLimits DEFAULT = new ImageLimits(10L * 1024 * 1024, 50_000_000);
}
