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
 *   <li><b>Spool.</b> While the store is away, {@link dev.curfew.recording.CaptureStore} keeps
 *       bytes in the node's own {@link dev.curfew.recording.Spool}, and the manifest's line names
 *       the node; {@link dev.curfew.recording.SpoolDrainer} moves them on.
 *   <li><b>Encoding.</b> {@link dev.curfew.recording.Encoder} makes the artefacts of a {@link
 *       dev.curfew.recording.RecordingSource}: an MP4 with the true capture times, captions,
 *       timeline, thumbnail, the raw recording and, of a terminal, an asciicast. The manifest is
 *       read a page at a time.
 *   <li><b>Delivery.</b> {@link dev.curfew.recording.ArtefactStage} keeps the artefacts where the
 *       chunks are until {@link dev.curfew.recording.Uploader} has taken them to another {@link
 *       dev.curfew.storage.ObjectStore}; it believes only what it reads back.
 *   <li><b>Verification.</b> {@link dev.curfew.recording.Verification} is the result of holding a
 *       recording against its manifest and rows, part by part, up to the first that is missing or
 *       altered. A store that is away, or a key that is not at hand, says nothing of it. A gateway
 *       that died left no end marker: its session ends by its silence, and what it had captured is
 *       a recording like any other.
 *   <li><b>Workers.</b> {@link dev.curfew.recording.EncoderWorker} and {@link
 *       dev.curfew.recording.UploaderWorker} claim recordings, renew their leases while they work,
 *       and report with the fencing token of the claim. The loop of a worker is a {@link
 *       dev.curfew.recording.WorkLoop}; where it claims and reports is a {@link
 *       dev.curfew.recording.WorkSite}, which need not be this node.
 *   <li><b>Custody.</b> Legal hold, deletion and retention: a removal is decided in the row before
 *       the first object goes, and a hold is refused from then on.
 * </ul>
 *
 * <h2>Encryption at rest</h2>
 *
 * With keys in {@code recording.encryption.keys}, {@link dev.curfew.recording.RecordingCipher}
 * encrypts everything that is put into the object stores from then on: chunks when they are stored,
 * artefacts once, when they are staged; the uploader copies their bytes as they are. Each chunk's
 * and artefact's row says under which key, so plain and differently encrypted ones may stand side
 * by side, and a key that is not at hand is named and not taken for damage. It protects against
 * whoever gets at the stores or their backups. Not covered:
 *
 * <ul>
 *   <li>keystrokes and clipboard as they were captured, the text that searches find, titles and all
 *       other rows: they are in PostgreSQL, whose disk is to be encrypted by other means;
 *   <li>{@code manifest.json} at the destination: names, sizes and checksums;
 *   <li>names, sizes and times of objects: a chunk's name has the SHA-256 of its plain content;
 *   <li>the encoder's work directory, which holds plain files while a recording is being encoded;
 *       they are deleted after that, and at the next start when the process was killed.
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
 *   <li>The store of raw recordings is away, or takes longer for a chunk than it may: capture goes
 *       on into the spool, up to its limit, and is refused with {@code STORAGE_UNAVAILABLE} then. A
 *       chunk that another node holds in its spool is {@code STORAGE_UNAVAILABLE}, never missing. A
 *       node that is gone for good takes with it what its spool still held, and no more.
 *   <li>A store or the database is away when a worker needs it: the recording is put back without
 *       using up an attempt, rests longer each time, up to five minutes, and says why; for ever, if
 *       need be.
 *   <li>A chunk that is missing or no longer matches its hash, or a picture that cannot be decoded,
 *       is left out of the video; the timeline lists it, and the event that the recording is
 *       encoded counts it. The rest is encoded. A store that is away is not damage: encoding fails,
 *       to be tried again.
 *   <li>An encrypted object that was altered, cut off or exchanged is never given out: it is {@code
 *       STORAGE_CORRUPT}, and a damaged chunk to the encoder. One whose key this node does not have
 *       is {@code STORAGE_UNAVAILABLE} with the key's id, until the key is listed again.
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
