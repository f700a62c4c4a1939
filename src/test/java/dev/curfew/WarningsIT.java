package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warnings while the packaged program is killed: each once, and none missing. */
class WarningsIT {
  private static final int HOUR = 3_600;

  /** Each is warned a little later than the one before. */
  private static final int SESSIONS = 60;

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;
  private JarNode node;

  @BeforeEach
  void start() throws Exception {
    node = JarNode.start(directory, Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  /** How often each session was warned in each generation of its deadline. */
  private Map<String, Integer> told() throws Exception {
    Map<String, Integer> told = new HashMap<>();
    String after = "";
    while (true) {
      JsonObject page =
          node.get("/api/v1/events?limit=500&types=dev.curfew.session.expiring" + after);
      for (Object item : page.getJsonArray("items")) {
        JsonObject data = ((JsonObject) item).getJsonObject("data");
        assertThat(data.getInteger("thresholdSeconds")).isEqualTo(HOUR);
        told.merge(
            data.getString("sessionId") + "/" + data.getInteger("generation"), 1, Integer::sum);
      }
      if (page.getJsonArray("items").size() < 500) {
        return told;
      }
      after = "&after=" + page.getString("next");
    }
  }

  private void awaitTold(int atLeast) {
    Await.until(atLeast + " warnings", LIMIT, () -> told().size() >= atLeast);
  }

  private String open(int policy, int seconds) throws Exception {
    JsonObject wanted =
        new JsonObject()
            .put("kind", "access")
            .put("userId", "admin")
            .put("durationSeconds", seconds)
            .put("policy", policy);
    return node.post("/api/v1/admin/sessions", wanted).getString("id");
  }

  @Test
  void warning_isTold_onceThoughTheNodeIsKilledAgainAndAgain() throws Exception {
    int policy =
        node.post(
                "/api/v1/admin/policies",
                new JsonObject()
                    .put("name", "warned an hour before")
                    .put("warnBefore", new JsonArray().add("1h")))
            .getInteger("id");
    List<String> sessions = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      sessions.add(open(policy, HOUR + 1 + i / 2));
    }

    awaitTold(4);
    node.kill();
    node.startAgain();
    int afterFirst = told().size();
    awaitTold(Math.min(SESSIONS, afterFirst + 2));
    node.kill();
    node.startAgain();
    awaitTold(SESSIONS);
    Map<String, Integer> once = new HashMap<>();
    sessions.forEach(session -> once.put(session + "/0", 1));
    assertThat(told()).isEqualTo(once);

    // Extended by a moment, each is inside its threshold once more.
    for (String session : sessions) {
      node.post(
          "/api/v1/admin/sessions/" + session + "/extend",
          new JsonObject().put("additionalSeconds", 1));
    }
    node.kill();
    node.startAgain();
    sessions.forEach(session -> once.put(session + "/1", 1));
    awaitTold(2 * SESSIONS);
    assertThat(told()).isEqualTo(once);
  }
}
