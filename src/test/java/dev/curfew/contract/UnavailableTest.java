package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.testing.DatabaseProxy;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
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

  /** What is of no dialect, and AM's, whose calls begin with a login. */
  private static final Pattern SKIPPED =
      Pattern.compile("/(health|metrics|openapi|docs|json|sessionservice)");

  /** So many refused calls of a dialect are enough to know it by. */
  private static final int ENOUGH = 3;

  /** The documents of the dialects that could not do what one of their calls asked for. */
  private static Set<OpenApiContract> unavailable(Installation at, RouteTargets targets) {
    Map<OpenApiContract, Integer> found = new HashMap<>();
    for (RouteTable.Row row : RouteTable.read()) {
      OpenApiContract document = at.dialects.of(row.path());
      if (row.path().endsWith("/stream")
          || SKIPPED.matcher(row.path()).lookingAt()
          || found.getOrDefault(document, 0) == ENOUGH) {
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
        comesAgain(reply);
        found.merge(document, 1, Integer::sum);
      }
    }
    comesAgain(login(at).is(503));
    found.put(at.dialects.am, 1);
    return found.keySet();
  }

  private static void comesAgain(Reply reply) {
    assertThat(reply.header("Retry-After")).as(reply.text()).matches("[1-9][0-9]*");
  }

  private static Reply login(Installation at) {
    return at.anonymous
        .with("X-OpenAM-Username", "demo")
        .with("X-OpenAM-Password", Installation.PASSWORD)
        .send("POST", "/json/authenticate", "{}");
  }

  private static RouteTargets targets(Installation at) {
    at.admin
        .post(
            "/api/v1/admin/users",
            new JsonObject()
                .put("username", "demo")
                .put("email", "demo@example.com")
                .put("password", Installation.PASSWORD))
        .is(201);
    login(at).is(200);
    return new RouteTargets(at);
  }

  @Test
  void everyDialect_saysWhenToComeAgainWhileTheDatabaseIsAway() throws Exception {
    DatabaseEndpoint database = TestDatabase.fresh();
    try (DatabaseProxy proxy = new DatabaseProxy()) {
      proxy.connectTo(database);
      try (Installation at = Installation.start(SETTINGS, proxy.endpoint(database))) {
        RouteTargets targets = targets(at);
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
      RouteTargets targets = targets(at);
      sql.run("UPDATE shard_owner SET epoch = epoch + 1, member = gen_random_uuid()");

      Set<OpenApiContract> found = unavailable(at, targets);

      Dialects all = at.dialects;
      assertThat(found).contains(all.access, all.admin, all.am, all.console, all.psm);
    }
  }
}
