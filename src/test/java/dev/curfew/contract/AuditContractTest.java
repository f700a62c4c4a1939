package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The seals of a running node's log. */
class AuditContractTest {
  private static final String VERIFY = "/api/v1/admin/audit/verify";
  private static final String SEALS = "/api/v1/admin/audit/seals";

  private Installation at;
  private DirectSql sql;

  @BeforeEach
  void start() throws SQLException {
    at = Installation.start(Map.of("events.seal-interval", "100ms"));
    sql = at.node.sql();
  }

  @AfterEach
  void stop() throws SQLException {
    sql.close();
    at.close();
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private JsonObject verified(JsonObject request) {
    return at.admin.post(VERIFY, request).is(200).json();
  }

  private JsonObject sealedLog() {
    at.session(json().put("kind", "access"));
    Await.until("everything is sealed", () -> verified(json()).getLong("unsealed") == 0);
    return verified(json());
  }

  private static JsonObject only(JsonObject answer) {
    assertThat(answer.getJsonArray("findings")).hasSize(1);
    return answer.getJsonArray("findings").getJsonObject(0);
  }

  @Test
  void intactLog_givesItsHeadsToNote() {
    JsonObject whole = sealedLog();

    assertThat(whole.getJsonArray("findings")).isEmpty();
    assertThat(whole.getLong("events")).isPositive();
    List<String> heads =
        whole.getJsonArray("heads").stream().map(head -> head.toString().split(":")[0]).toList();
    assertThat(heads).containsExactly("@log", "acme", "root");
    assertThat(verified(json().put("expect", whole.getJsonArray("heads"))).getJsonArray("findings"))
        .isEmpty();
    JsonObject head =
        at.auditor.get(SEALS + "?limit=1").is(200).json().getJsonArray("items").getJsonObject(0);
    assertThat(whole.getJsonArray("heads")).contains(head.getString("head"));
    assertThat(verified(json().put("from", "2999-01-01T00:00:00Z")).getLong("batches")).isZero();
  }

  @Test
  void tamperedLog_isFoundOut() throws SQLException {
    JsonObject whole = sealedLog();
    sql.run(
        "UPDATE event SET data = data || '{\"remark\":\"nothing happened\"}'"
            + " WHERE type = 'dev.curfew.session.started'");
    JsonObject altered = only(verified(json()));
    assertThat(altered.getString("kind")).isEqualTo("event_altered");
    assertThat(altered.getString("realm")).isEqualTo("root");
    JsonObject event =
        at.admin
            .get("/api/v1/events?types=dev.curfew.session.started")
            .is(200)
            .json()
            .getJsonArray("items")
            .getJsonObject(0);
    assertThat(altered.getString("eventId")).isEqualTo(event.getString("id"));
    assertThat(altered.getString("time")).isEqualTo(event.getString("time"));
    assertThat(only(verified(json().put("realm", "root"))).getString("kind"))
        .isEqualTo("event_altered");
    assertThat(verified(json().put("realm", "acme")).getJsonArray("findings")).isEmpty();

    sql.run("DELETE FROM event WHERE type = 'dev.curfew.session.started'");
    assertThat(only(verified(json())).getString("kind")).isEqualTo("event_removed");

    sql.run("DELETE FROM event; DELETE FROM seal; DELETE FROM seal_batch");
    assertThat(verified(json()).getJsonArray("findings")).isEmpty();
    JsonArray lost =
        verified(json().put("expect", whole.getJsonArray("heads"))).getJsonArray("findings");
    assertThat(lost)
        .extracting(finding -> ((JsonObject) finding).getString("kind"))
        .containsExactly("log_truncated", "log_truncated", "log_truncated");
  }

  @Test
  void realm_isVerifiedByItsOwnAlone() {
    sealedLog();
    JsonObject own = at.organisation.post(VERIFY, json()).is(200).json();
    assertThat(own.getString("realm")).isEqualTo("acme");
    assertThat(own.getJsonArray("heads")).hasSize(1);
    at.organisation.post(VERIFY, json().put("realm", "root")).is(404);
    at.organisation.get(SEALS + "?realm=root").is(404);
    at.admin.post(VERIFY, json().put("realm", "nowhere")).is(404);
    String head = "root:1:" + "0".repeat(64);
    at.organisation.post(VERIFY, json().put("expect", new JsonArray().add(head))).is(404);
    assertThat(at.auditor.post(VERIFY, json()).is(200).json().getString("realm")).isEqualTo("root");
    at.user.post(VERIFY, json()).is(403);
    at.anonymous.post(VERIFY, json()).is(401);
  }

  @Test
  void badInput_isNamed() {
    Map<String, JsonObject> bad =
        Map.of(
            "expect[0]", json().put("expect", new JsonArray().add("root:0:abc")),
            "expect", json().put("expect", "root"),
            "after", json().put("after", -1),
            "from", json().put("from", "yesterday"),
            "realm", json().put("realm", 7),
            "until", json().put("until", 7));
    bad.forEach(
        (field, body) ->
            assertThat(at.admin.post(VERIFY, body).is(400).json().getString("message"))
                .startsWith(field));
    assertThat(at.admin.get(SEALS + "?after=x").is(400).json().getString("message"))
        .startsWith("after");
    at.admin.get(SEALS + "?limit=0").is(400);
  }
}
