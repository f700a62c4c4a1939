package dev.curfew.store;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.RecordingStage;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A recording as clients see it. Times are epoch milliseconds, 0 for "not yet" or "none".
 *
 * @param realm the realm's name
 * @param userId the numeric id of the session's user
 * @param owner the gateway while the session lives, then whoever holds the claim or finished it
 * @param attempt how many times the present work has been claimed
 * @param leaseUntil until when the owner of a claim is believed
 * @param chunkBytes bytes of all chunks
 * @param rawBytes length of the gateway's own recording
 * @param artefacts in the order of their kinds
 * @param format the recording's format as its encoder names it
 * @param sshLogsUploaded what a worker said of the session's logs; null for nothing
 * @param destination where it was uploaded to
 * @param failure why the last attempt failed or was postponed
 * @param nextTryAt from when it is taken up again after that
 * @param retainUntil when its retention is over, by what holds now
 * @param hold null when it is not on legal hold
 * @param deletion null as long as it is kept
 */
public record RecordingRow(
    UUID sessionId,
    int realmId,
    String realm,
    long userId,
    RecordingStage stage,
    @Nullable String owner,
    int attempt,
    long leaseUntil,
    long startedAt,
    long endedAt,
    long chunkCount,
    long chunkBytes,
    long rawBytes,
    List<ArtefactRow> artefacts,
    @Nullable String format,
    @Nullable Boolean sshLogsUploaded,
    @Nullable String destination,
    @Nullable String failure,
    long nextTryAt,
    long retainUntil,
    @Nullable LegalHold hold,
    @Nullable Deletion deletion) {

  /** Fails with NOT_FOUND, saying what became of it, once its deletion is decided. */
  public void requireKept() {
    if (deletion != null) {
      throw CurfewException.of(ErrorCode.NOT_FOUND, deletion.describe());
    }
  }
}
