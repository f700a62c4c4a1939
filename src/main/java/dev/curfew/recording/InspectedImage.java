package dev.curfew.recording;

/**
 * A picture that was decoded to its end.
 *
 * @param width in pixels
 * @param height in pixels
 */
public record InspectedImage(ImageFormat format, int width, int height) {}
