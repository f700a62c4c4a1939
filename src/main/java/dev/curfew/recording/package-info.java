/**
 * Recordings: what a gateway captured of a session, kept, turned into something that people can
 * watch, and delivered.
 *
 * <h2>What lives here</h2>
 *
 * <ul>
 *   <li><b>Capture.</b> {@link dev.curfew.recording.ImageInspector} lets only real screenshots in.
 *       A {@link dev.curfew.recording.Chunk} is one row of the manifest, whose rules and hash chain
 *       are in {@link dev.curfew.recording.ChunkManifest}. Text stays in the row; bytes go to a
 *       {@link dev.curfew.recording.ChunkStore} first, so a chunk that is listed is also stored.
 *   <li><b>Encoding.</b> {@link dev.curfew.recording.Encoder} makes the artefacts of a {@link
 *       dev.curfew.recording.RecordingSource}: an MP4 with the true capture times, captions,
 *       timeline, thumbnail, raw terminal bytes.
 *   <li><b>Delivery.</b> {@link dev.curfew.recording.Uploader} takes the artefacts to an {@link
 *       dev.curfew.recording.ArtefactDestination} and believes only what it reads back.
 * </ul>
 *
 * Which worker may do this, and when, is decided elsewhere: nothing here knows stages, claims, SQL
 * or HTTP. Everything here blocks and belongs on worker threads.
 *
 * <h2>When things fail</h2>
 *
 * <ul>
 *   <li>A screenshot that is not one is {@code UNPROCESSABLE}, one over the limits {@code
 *       TOO_LARGE}; nothing is stored.
 *   <li>A store or destination that cannot be reached, or returns something else than was written,
 *       is {@code STORAGE_UNAVAILABLE}; the call may be repeated and changes nothing twice.
 *   <li>A chunk that is missing or no longer matches its hash, or a picture that cannot be decoded,
 *       is left out of the video and reported in result and timeline; the rest is encoded. A store
 *       that is away is not damage: encoding fails, to be tried again.
 *   <li>A worker that is told to stop throws {@link java.util.concurrent.CancellationException} and
 *       leaves no files of its own behind.
 * </ul>
 */
@NullMarked
package dev.curfew.recording;

import org.jspecify.annotations.NullMarked;
