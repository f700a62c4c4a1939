package dev.curfew.recording;

import dev.curfew.session.RecordingRetention;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How this node deals with recordings; the values are those of the configuration's {@code
 * recording}, {@code psm} and {@code limits} sections.
 *
 * @param lease how long a claim holds without a sign of life
 * @param maxAttempts claims of one stage before the recording is Failed
 * @param retryDelay how long a recording rests after an attempt of this node's own worker failed or
 *     was postponed for the first time; ten times as long after the next failure, twice as long
 *     after the next outage in a row
 * @param workDirectory artefacts until they are uploaded
 * @param localRetention how long chunks stay after the destination was read back
 * @param retention how long a recording is kept whose policy and realm do not say
 * @param stalledAfter how long an upload may move no byte before it is tried again
 * @param encode whether videos are made; without, a recording keeps its raw data and timeline
 * @param recordKeystrokes whether keystrokes are kept
 * @param captureClipboard whether the clipboard is kept
 * @param images largest screenshot
 * @param largestRawPiece bytes of one piece of a raw recording
 * @param spool what is captured while the store is away
 */
public record RecordingOptions(
    Duration lease,
    int maxAttempts,
    Duration retryDelay,
    Path workDirectory,
    Duration localRetention,
    RecordingRetention retention,
    Duration stalledAfter,
    boolean encode,
    boolean recordKeystrokes,
    boolean captureClipboard,
    ImageLimits images,
    long largestRawPiece,
    SpoolOptions spool) {}
