package dev.curfew.recording;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.session.Initiator;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.RecordingFilter;
import dev.curfew.store.RecordingPage;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.Renewal;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that may be asked of recordings. Futures fail with {@link
 * dev.curfew.fault.CurfewException}: NOT_FOUND for a session without a recording, UNAVAILABLE or
 * STORAGE_UNAVAILABLE when it is worth trying again, and what each call names. Whoever calls has
 * decided already that the caller may.
 */
public interface Recordings {

  // Capture. Chunks of one session are taken one after the other, in the order of the calls.

  /**
   * Keystrokes or clipboard.
   *
   * @param capturedAt epoch milliseconds; null for the time of arrival
   * @return fails with UNPROCESSABLE, field {@code capturedAt}, for a time outside the session's
   *     life or more than a minute before an earlier chunk of its kind
   */
  Future<Capture> captureText(
      UUID sessionId, ChunkKind kind, String text, @Nullable Long capturedAt);

  /**
   * One image of the screen.
   *
   * @param image the bytes of a PNG, JPEG or WebP
   * @param capturedAt as in {@link #captureText}
   * @return fails with UNPROCESSABLE, field {@code image}, for what is not such an image; TOO_LARGE
   *     over the limits of bytes and pixels
   */
  Future<Capture> captureScreenshot(UUID sessionId, Buffer image, @Nullable Long capturedAt);

  /**
   * The next piece of the gateway's own recording.
   *
   * @param offset where the piece begins, in bytes from the recording's start; a piece that is
   *     there already is not stored twice; null to append
   * @param capturedAt as in {@link #captureText}
   * @return fails with OFFSET_GAP, naming the expected offset, when the piece does not continue the
   *     recording; TOO_LARGE over the limit of a piece
   */
  Future<Capture> captureRaw(
      UUID sessionId, Buffer piece, @Nullable Long offset, @Nullable Long capturedAt);

  // Reading

  Future<RecordingRow> find(UUID sessionId);

  /**
   * Recordings, the newest session first.
   *
   * @param after the {@code next} of the page before; null for the first page
   * @return fails with BAD_CURSOR
   */
  Future<RecordingPage> list(RecordingFilter filter, @Nullable String after, int limit);

  /**
   * Recordings in which something was typed or copied, the newest session first; noted in the event
   * log before it is answered. Text is found some time after its session has ended, in realms that
   * have it switched on.
   *
   * @param text words that must all occur in one line, {@code "in this order"}, {@code or}, {@code
   *     -without}
   * @param after the {@code next} of the page before; null for the first page
   * @param realmId of whoever asks
   * @return fails with INVALID_FIELD {@code text}, BAD_CURSOR
   */
  Future<FoundRecordings> search(
      String text,
      RecordingFilter filter,
      @Nullable String after,
      int limit,
      int realmId,
      Initiator by);

  /**
   * The manifest: one line a chunk, in order of sequence.
   *
   * @param from the first sequence number wanted; numbers begin at 1
   */
  Future<List<ChunkRow>> chunks(UUID sessionId, long from, int limit);

  /** One chunk's bytes; text is UTF-8. */
  Future<Content> chunk(UUID sessionId, long sequence);

  /** The pieces of the gateway's own recording, put together. */
  Future<Content> raw(UUID sessionId);

  /** What was made of the recording, from where it lies now. */
  Future<Content> artefact(UUID sessionId, ArtefactKind kind);

  /** Notes in the event log that somebody is given a recording to see. */
  Future<Void> noteRead(UUID sessionId, ArtefactKind kind, Initiator by);

  /** Reads every chunk and holds it against the manifest, link by link. */
  Future<ChainReport> verify(UUID sessionId);

  /** How far this node's own worker has come, from 0 to 1; empty when none works on it here. */
  OptionalDouble progress(UUID sessionId);

  // Workers

  /**
   * Stores an encoder's result; a later one of the same kind replaces it.
   *
   * @param contentType null for the kind's own
   * @param sha256 what the body's digest must be; null for whatever it is
   * @param body paused, or not yet read from
   * @return fails with NOT_OWNER when the claimant does not hold the claim; UNPROCESSABLE when the
   *     body is not what the digest says
   */
  Future<ArtefactRow> storeArtefact(
      UUID sessionId,
      ArtefactKind kind,
      Claimant who,
      @Nullable String contentType,
      byte @Nullable [] sha256,
      ReadStream<Buffer> body);

  /**
   * A worker reports how far it has come (PSM UpdateRecordingProcessStatus). Reporting the same
   * again is a success.
   *
   * @return the stage it is in now: that which was reported, or, when the worker reports that its
   *     attempt failed, the one the recording was put back to; fails with NOT_OWNER or WRONG_STATE,
   *     naming the stage, and UNPROCESSABLE, field {@code sha256}, when what was uploaded is not
   *     what was encoded
   */
  Future<RecordingStage> updateStatus(
      UUID sessionId, Claimant who, RecordingStage to, StageDetails details);

  /** The stages of these sessions' recordings; those without one are left out. */
  Future<Map<UUID, RecordingStage>> processStatus(List<UUID> sessionIds);

  /**
   * A process says that it is alive (PSM Polling, once the session is over): renews the lease of a
   * worker.
   *
   * @param who names the process; a worker's token too, where it has one
   * @return fails with NOT_OWNER, naming the stage, for a process that neither works on the
   *     recording nor owned the session when it ended
   */
  Future<Renewal> renew(UUID sessionId, Claimant who);

  /**
   * A Failed recording goes back to its last good stage.
   *
   * @return the stage; fails with WRONG_STATE when it is not Failed
   */
  Future<RecordingStage> retry(UUID sessionId, Initiator by);
}
