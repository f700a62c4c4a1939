/**
 * Recordings: what a gateway captured of a session, kept, turned into something that people can
 * watch, and delivered.
 *
 * <h2>What lives here</h2>
 *
 * <ul>
 *   <li><b>The service.</b> {@link dev.curfew.recording.Recordings} is everything that may be asked
 *       of recordings. Its parts decide by the rules of {@link dev.curfew.lease}, keep their rows
 *       in the store, and do on worker threads whatever blocks.
 *   <li><b>Capture.</b> {@link dev.curfew.recording.ImageInspector} lets only real screenshots in.
 *       A {@link dev.curfew.recording.Chunk} is one row of the manifest, whose rules and hash chain
 *       are in {@link dev.curfew.recording.ChunkManifest}. Text stays in the row; bytes go to a
 *       {@link dev.curfew.recording.ChunkStore} first, so a chunk that is listed is also stored,
 *       and it is acknowledged only then.
 *   <li><b>Encoding.</b> {@link dev.curfew.recording.Encoder} makes the artefacts of a {@link
 *       dev.curfew.recording.RecordingSource}: an MP4 with the true capture times, captions,
 *       timeline, thumbnail, the raw recording and, of a terminal, an asciicast. The manifest is
 *       read a page at a time.
 *   <li><b>Delivery.</b> {@link dev.curfew.recording.ArtefactStage} keeps the artefacts where the
 *       chunks are until {@link dev.curfew.recording.Uploader} has taken them to another {@link
 *       dev.curfew.storage.ObjectStore}; it believes only what it reads back.
 *   <li><b>Workers.</b> {@link dev.curfew.recording.EncoderWorker} and {@link
 *       dev.curfew.recording.UploaderWorker} claim recordings, renew their leases while they work,
 *       and report with the fencing token of the claim.
 * </ul>
 *
 * Capture, encoding and delivery know nothing of stages, claims, SQL or HTTP; they block and belong
 * on worker threads.
 *
 * <h2>When things fail</h2>
 *
 * <ul>
 *   <li>A screenshot that is not one is {@code UNPROCESSABLE}, one over the limits {@code
 *       TOO_LARGE}; nothing is stored.
 *   <li>A chunk was stored but could not be listed: the gateway is told to try again; the object
 *       that no row names stands in nobody's way and goes with the recording.
 *   <li>A store or destination that cannot be reached is {@code STORAGE_UNAVAILABLE}; the call may
 *       be repeated and changes nothing twice. One that returns something else than was written is
 *       {@code STORAGE_CORRUPT}.
 *   <li>A chunk that is missing or no longer matches its hash, or a picture that cannot be decoded,
 *       is left out of the video; the timeline lists it, and the event that the recording is
 *       encoded counts it. The rest is encoded. A store that is away is not damage: encoding fails,
 *       to be tried again.
 *   <li>A worker fails: its claim is put back with the reason, and the next attempt begins from the
 *       chunks again; after the last attempt the recording is Failed and waits for an
 *       administrator. Nothing local is deleted before the destination was read back.
 *   <li>A worker loses its lease, or the node shuts down: it is told to stop, throws {@link
 *       java.util.concurrent.CancellationException} and leaves no files of its own behind. Whatever
 *       it still writes changes nothing.
 * </ul>
 */
@NullMarked
package dev.curfew.recording;

import org.jspecify.annotations.NullMarked;
