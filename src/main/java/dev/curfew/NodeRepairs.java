package dev.curfew;

import dev.curfew.audit.Retention;
import dev.curfew.config.CurfewConfig;
import dev.curfew.directory.Directory;
import dev.curfew.directory.SessionEndings;
import dev.curfew.recording.Recordings;
import dev.curfew.shard.ShardHost;
import dev.curfew.watchdog.Watchdog;
import io.vertx.core.Future;
import java.time.LocalDate;
import java.util.UUID;

/** What the watchdog asks of the rest of its node. */
record NodeRepairs(
    ShardHost shards,
    SessionEndings endings,
    Directory directory,
    Recordings recordings,
    Retention retention)
    implements Watchdog.Repairs {

  @Override
  public void lookAgain(UUID sessionId) {
    shards.lookAgain(sessionId);
  }

  @Override
  public Future<Void> undo(UUID sessionId) {
    return endings.undo(sessionId);
  }

  @Override
  public Future<Void> settleRules() {
    return directory.sessionRules().settle();
  }

  @Override
  public Future<Void> settleRequests() {
    return directory.approvedOpenings().sweep();
  }

  @Override
  public Future<Void> retireRecordings() {
    return recordings.retire();
  }

  @Override
  public Future<LocalDate> releaseEvents(LocalDate firstKept) {
    return retention.release(firstKept);
  }

  /** The limits that the watchdog of a node keeps to. */
  static Watchdog.Options options(CurfewConfig config) {
    CurfewConfig.Watchdog settings = config.watchdog();
    return new Watchdog.Options(
        settings.interval(),
        settings.limits().encoding(),
        settings.limits().uploading(),
        settings.limits().ending(),
        settings.limits().overdue(),
        config.recording().maxAttempts(),
        config.events().retention());
  }
}
