package dev.curfew.recording.media;

/**
 * A screenshot that is not in the video.
 *
 * @param sequence its place among the session's chunks
 * @param capturedAt epoch milliseconds
 * @param reason why, for people
 */
public record SkippedFrame(long sequence, long capturedAt, String reason) {}
