package dev.curfew.directory;

import dev.curfew.session.RecordingRetention;
import dev.curfew.session.Tier;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a realm; the rest stays as it is. Built up from {@link #NOTHING}.
 *
 * @param tier null to leave it
 * @param setsWarnBefore whether the thresholds change, be it to those of the configuration
 * @param warnBefore null for those of the configuration; empty for no warning
 * @param setsRecordingRetention whether the retention of recordings changes, be it to that of the
 *     configuration
 * @param recordingRetention null for that of the configuration
 * @param recordingSearch whether recordings may be searched by their text; null to leave it
 */
public record RealmChange(
    @Nullable Tier tier,
    boolean setsWarnBefore,
    @Nullable List<Duration> warnBefore,
    boolean setsRecordingRetention,
    @Nullable RecordingRetention recordingRetention,
    @Nullable Boolean recordingSearch) {
  public static final RealmChange NOTHING = new RealmChange(null, false, null, false, null, null);

  public RealmChange withTier(Tier to) {
    return new RealmChange(
        to,
        setsWarnBefore,
        warnBefore,
        setsRecordingRetention,
        recordingRetention,
        recordingSearch);
  }

  public RealmChange withWarnBefore(@Nullable List<Duration> to) {
    return new RealmChange(
        tier, true, to, setsRecordingRetention, recordingRetention, recordingSearch);
  }

  public RealmChange withRecordingRetention(@Nullable RecordingRetention to) {
    return new RealmChange(tier, setsWarnBefore, warnBefore, true, to, recordingSearch);
  }

  public RealmChange withRecordingSearch(boolean to) {
    return new RealmChange(
        tier, setsWarnBefore, warnBefore, setsRecordingRetention, recordingRetention, to);
  }
}
