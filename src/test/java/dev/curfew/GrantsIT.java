package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.RuleServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules at a provider while the packaged program is killed. */
class GrantsIT {
  private static final Duration REMOVAL = Duration.ofSeconds(60);

  private final RuleServer provider = RuleServer.start();
  @TempDir Path directory;
  private JarNode node;

  @BeforeEach
  void start() throws Exception {
    node = JarNode.start(directory, Map.of());
    JsonObject resource =
        new JsonObject()
            .put("name", "db")
            .put("provider", "webhook")
            .put("settings", provider.settings());
    assertThat(node.post("/api/v1/admin/resources", resource).getString("id")).isNotNull();
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
    provider.close();
  }

  private JsonObject session(String id) throws Exception {
    return node.get("/api/v1/sessions/" + id);
  }

  private JsonObject rule(String id) throws Exception {
    JsonArray rules = session(id).getJsonArray("resourceIps");
    assertThat(rules).hasSize(1);
    return rules.getJsonObject(0);
  }

  private String open() throws Exception {
    JsonObject started =
        node.post(
            "/api/v1/sessions",
            new JsonObject().put("durationHours", 1).put("ipv4Address", "203.0.113.42"));
    return started.getString("id");
  }

  @Test
  void rule_isRemovedAfterAKill_onceItsProviderIsBack() throws Exception {
    String id = open();
    assertThat(session(id).getString("status")).isEqualTo("ACTIVE");
    assertThat(provider.held()).hasSize(1);
    provider.stop();
    node.post("/api/v1/sessions/" + id + "/stop", new JsonObject());
    Await.until("the removal failed", REMOVAL, () -> rule(id).getString("errorMessage") != null);

    node.kill();
    node.startAgain();

    assertThat(session(id).getString("status")).isEqualTo("EXPIRING");
    assertThat(rule(id).getString("status")).isEqualTo("REMOVING");
    provider.startAgain();
    Await.until(
        "it is cancelled", REMOVAL, () -> session(id).getString("status").equals("CANCELLED"));
    assertThat(provider.held()).isEmpty();
    assertThat(rule(id).getString("status")).isEqualTo("REMOVED");
  }

  @Test
  void ruleWhoseAnswerNeverArrived_isSettledAfterAKill() throws Exception {
    provider.is("apply", RuleServer.Mood.SILENT);
    String id = open();
    assertThat(session(id).getString("status")).isEqualTo("PENDING");
    assertThat(provider.held()).as("it holds, and nobody knows").hasSize(1);

    node.kill();
    provider.is("apply", RuleServer.Mood.WELL);
    node.startAgain();
    node.post("/api/v1/sessions/" + id + "/stop", new JsonObject());

    Await.until(
        "it is cancelled",
        Duration.ofSeconds(120),
        () -> session(id).getString("status").equals("CANCELLED"));
    assertThat(provider.held()).isEmpty();
  }
}
