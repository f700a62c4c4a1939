package dev.curfew.lease;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of a recording's manifest: what the next chunk must fit.
 *
 * @param startedAt when the session began, epoch milliseconds
 * @param expiresAt the session's hard deadline, epoch milliseconds
 * @param chunkCount how many chunks are listed
 * @param rawBytes length of the raw recording: where the next piece begins
 * @param latestCaptured for each kind, in the order of their codes, the latest time captured at; 0
 *     for none
 */
public record Manifest(
    RecordingStage stage,
    long startedAt,
    long expiresAt,
    long chunkCount,
    long rawBytes,
    List<Long> latestCaptured) {

  /** How far chunks of one kind may overtake each other on their way here. */
  public static final long OVERTAKING = 60_000;

  public Manifest {
    latestCaptured = List.copyOf(latestCaptured);
  }

  /** The number of the next chunk; the first has 1. */
  public long nextSequence() {
    return chunkCount + 1;
  }

  /** Whether chunks are taken. */
  public boolean open() {
    return stage == RecordingStage.CONNECTED;
  }

  /**
   * When a chunk counts as captured. A time that is ahead of the clock is taken as it is, up to the
   * session's deadline: a capture may be played faster than it was made.
   *
   * @param claimed what the gateway says; null for the time of arrival
   * @throws CurfewException UNPROCESSABLE, field {@code capturedAt}
   */
  public long capturedAt(ChunkKind kind, @Nullable Long claimed, long arrival) {
    if (claimed == null) {
      return arrival;
    }
    if (claimed < startedAt || claimed > expiresAt) {
      throw unprocessable("capturedAt is outside the session's life");
    }
    if (claimed < latest(kind) - OVERTAKING) {
      throw unprocessable(
          "capturedAt is more than a minute before an earlier chunk of kind " + kind.wireName());
    }
    return claimed;
  }

  /** Whether a chunk with this time may be one that came before. */
  public boolean mayRepeat(ChunkKind kind, @Nullable Long claimed) {
    return claimed != null && claimed <= latest(kind);
  }

  /** How a raw piece lies to what is there. */
  public enum Place {
    /** It continues the recording. */
    NEXT,
    /** It lies where another piece lies already: the same, if it is a repetition. */
    BEFORE
  }

  /**
   * @param offset where the piece begins; null to append
   * @throws CurfewException OFFSET_GAP when it would leave a gap or lies half over the end
   */
  public Place place(@Nullable Long offset, long size) {
    if (offset == null || offset == rawBytes) {
      return Place.NEXT;
    }
    // Compared this way round since the sum of two large numbers overflows.
    if (offset >= 0 && offset < rawBytes && size <= rawBytes - offset) {
      return Place.BEFORE;
    }
    throw gap();
  }

  /** The refusal of a piece that does not continue the recording. */
  public CurfewException gap() {
    return CurfewException.of(
        ErrorCode.OFFSET_GAP,
        "offset",
        "offset does not continue the recording; expected offset " + rawBytes);
  }

  private long latest(ChunkKind kind) {
    return latestCaptured.get(kind.code() - 1);
  }

  private static CurfewException unprocessable(String message) {
    return CurfewException.of(ErrorCode.UNPROCESSABLE, "capturedAt", message);
  }
}
