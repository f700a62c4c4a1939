package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.DatabaseProxy;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestDatabase;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Every call of every dialect while a node cannot do what it is asked for: the answer is one of the
 * dialect's own, and says when to come again.
 */
class UnavailableTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "webhooks.allow-private-targets", "true",
          "sessions.request-timeout", "700ms",
          "ssf.longest-poll", "1s",
          "node.roles", "api,sessions,claims,alerts");

  private static final Pattern OF_THE_NODE = Pattern.compile("/(health|metrics|openapi|docs)");

  /** The documents of the dialects that could not do what one of their calls asked for. */
  private static Set<OpenApiContract> unavailable(Installation at, RouteTargets targets) {
    Set<OpenApiContract> found = new HashSet<>();
    for (RouteTable.Row row : RouteTable.read()) {
      // What never ends, and what is of no dialect.
      if (row.path().endsWith("/stream") || OF_THE_NODE.matcher(row.path()).lookingAt()) {
        continue;
      }
      String body = row.body();
      String target = targets.path(row.path());
      Reply reply =
          body == null
              ? at.admin.send(row.method(), target)
              : at.admin.send(row.method(), target, targets.filled(body));
      assertThat(reply.status()).as("%s: %s", row, reply.text()).isNotEqualTo(500);
      if (reply.status() == 503) {
        assertThat(reply.header("Retry-After")).as(row.toString()).matches("[1-9][0-9]*");
        found.add(at.dialects.of(row.path()));
      }
    }
    return found;
  }

  @Test
  void everyDialect_saysWhenToComeAgainWhileTheDatabaseIsAway() throws Exception {
    DatabaseEndpoint database = TestDatabase.fresh();
    try (DatabaseProxy proxy = new DatabaseProxy()) {
      proxy.connectTo(database);
      try (Installation at = Installation.start(SETTINGS, proxy.endpoint(database))) {
        RouteTargets targets = new RouteTargets(at);
        proxy.cut();

        Set<OpenApiContract> found = unavailable(at, targets);

        proxy.connectTo(database);
        Dialects all = at.dialects;
        assertThat(found)
            .contains(
                all.access, all.admin, all.am, all.console, all.events, all.pra, all.psm, all.ssf);
      }
    }
  }

  @Test
  void dialectsWithSessions_sayWhenToComeAgainWhileTheirShardsAreElsewhere() throws Exception {
    try (Installation at = Installation.start(SETTINGS);
        DirectSql sql = at.node.sql()) {
      RouteTargets targets = new RouteTargets(at);
      sql.run("UPDATE shard_owner SET epoch = epoch + 1, member = gen_random_uuid()");

      Set<OpenApiContract> found = unavailable(at, targets);

      Dialects all = at.dialects;
      assertThat(found).contains(all.access, all.admin, all.am, all.console, all.psm);
    }
  }
}
