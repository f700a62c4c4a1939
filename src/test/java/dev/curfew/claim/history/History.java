package dev.curfew.claim.history;

import dev.curfew.lease.RecordingStage;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * All that is known of a run.
 *
 * @param seen by workers and by whoever broke things
 * @param changes of the recordings, in the order in which the database made them
 * @param writes of artefacts, in the same order
 * @param told by the event log, in its order
 * @param ends the stage of every recording when all was over
 * @param limitMicros the longest silence of an owner
 */
public record History(
    List<Observation> seen,
    List<Change> changes,
    List<Write> writes,
    List<Told> told,
    Map<UUID, RecordingStage> ends,
    int maxAttempts,
    long limitMicros) {

  /**
   * A recording as a statement left it.
   *
   * @param sequence grows; shared with the writes
   * @param at when, before the statement was committed
   */
  record Change(
      long sequence,
      UUID session,
      long at,
      RecordingStage from,
      RecordingStage to,
      String owner,
      long token,
      int attempt) {}

  /**
   * A worker's write that the database took.
   *
   * @param stage in which whoever wrote it believed the recording to be
   * @param token under which it was written
   */
  record Write(long sequence, UUID session, RecordingStage stage, long token) {}

  /**
   * An event of a recording.
   *
   * @param type without what all types begin with
   */
  record Told(
      UUID session, String type, RecordingStage from, RecordingStage to, String owner, String by) {}
}
