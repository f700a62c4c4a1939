package dev.curfew.store;

import dev.curfew.session.RealmThresholds;
import dev.curfew.session.Thresholds;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What subscriptions add to the warnings of their realms' sessions. */
public final class ThresholdStore {
  private final Database database;

  public ThresholdStore(Database database) {
    this.database = database;
  }

  /** One that is paused catches up when it goes on, so what it asks for is told meanwhile. */
  private static final String ADDED =
      """
      SELECT realm_id, thresholds_ms
      FROM lane
      WHERE kind = 'webhook' AND state IN ('enabled', 'paused') AND thresholds_ms IS NOT NULL
      """;

  /** The thresholds of all subscriptions that are neither disabled nor deleted, by realm. */
  public Future<RealmThresholds> added() {
    return database
        .query(ADDED, Tuple.tuple())
        .map(
            rows -> {
              Map<Integer, Thresholds> ofRealms = new HashMap<>();
              for (Row row : rows) {
                ofRealms.merge(
                    row.getInteger("realm_id"),
                    thresholds(row.getArrayOfLongs("thresholds_ms")),
                    Thresholds::and);
              }
              return new RealmThresholds(ofRealms);
            });
  }

  /** Those of a column of milliseconds. */
  static Thresholds thresholds(Long[] millis) {
    return Thresholds.of(Arrays.stream(millis).mapToLong(Long::longValue).toArray());
  }
}
