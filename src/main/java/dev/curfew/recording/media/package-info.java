/**
 * From what was captured of a session to files that can be watched: an H.264 video with every
 * screenshot at its true time, WebVTT captions of keystrokes and clipboard, a JSON timeline and a
 * thumbnail. {@link dev.curfew.recording.media.RecordingEncoder} is the way in; it reads a {@link
 * dev.curfew.recording.media.RecordedSession} and knows nothing of stores, claims or clocks.
 *
 * <p>Everything here blocks and belongs on a worker thread. Memory does not grow with the length of
 * the session: one screenshot is held at a time, and both passes over the session are streams.
 *
 * <ul>
 *   <li>First pass, {@link dev.curfew.recording.media.FrameSurvey}: where time zero is, how large
 *       the picture must be, how long it lasts.
 *   <li>Second pass: each item goes to the {@link dev.curfew.recording.media.VideoWriter}, the
 *       {@link dev.curfew.recording.media.CaptionWriter} and the {@link
 *       dev.curfew.recording.media.TimelineWriter}.
 * </ul>
 *
 * <p>What happens when things fail:
 *
 * <ul>
 *   <li>A screenshot that cannot be decoded is left out, and listed with its reason in the result
 *       and in the timeline. The recording is good without it.
 *   <li>No usable screenshot at all: captions and timeline are made, video and thumbnail are not.
 *   <li>The source cannot be read, the disk is full, the encoder refuses: a {@link
 *       dev.curfew.fault.CurfewException}, and no file stays behind. The same session can be
 *       encoded again.
 *   <li>The caller no longer wants it: noticed before the next item, reported as {@link
 *       dev.curfew.fault.ErrorCode#UNAVAILABLE}, and no file stays behind.
 * </ul>
 */
@NullMarked
package dev.curfew.recording.media;

import org.jspecify.annotations.NullMarked;
