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
 */
public record RealmChange(
    @Nullable Tier tier, boolean setsWarnBefore, @Nullable List<Duration> warnBefore) {
  public static final RealmChange NOTHING = new RealmChange(null, false, null);

  public RealmChange withTier(Tier to) {
    return new RealmChange(to, setsWarnBefore, warnBefore);
  }

  public RealmChange withWarnBefore(@Nullable List<Duration> to) {
    return new RealmChange(tier, true, to);
  }
}
