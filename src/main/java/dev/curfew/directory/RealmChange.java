package dev.curfew.directory;

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
 * @param recordingSearch whether recordings may be searched by their text; null to leave it
 */
public record RealmChange(
    @Nullable Tier tier,
    boolean setsWarnBefore,
    @Nullable List<Duration> warnBefore,
    @Nullable Boolean recordingSearch) {
  public static final RealmChange NOTHING = new RealmChange(null, false, null, null);

  public RealmChange withTier(Tier to) {
    return new RealmChange(to, setsWarnBefore, warnBefore, recordingSearch);
  }

  public RealmChange withWarnBefore(@Nullable List<Duration> to) {
    return new RealmChange(tier, true, to, recordingSearch);
  }

  public RealmChange withRecordingSearch(boolean to) {
    return new RealmChange(tier, setsWarnBefore, warnBefore, to);
  }
}
