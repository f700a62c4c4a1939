package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two callers at the same instant, hundreds of times: whoever wins, the rules hold. */
class RacesTest {
  private static final int ROUNDS = 200;
  private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);

  private static Installation at;
  private static int policy;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
    policy =
        at.admin
            .post(
                "/api/v1/admin/policies",
                new JsonObject().put("name", "raced").put("maxDuration", "90m"))
            .is(201)
            .json()
            .getInteger("id");
  }

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
    at.close();
  }

  private record Answers(Reply first, Reply second) {
    List<Integer> statuses() {
      return List.of(first.status(), second.status()).stream().sorted().toList();
    }
  }

  /** Both at once, as nearly as two threads can. */
  private static Answers race(Supplier<Reply> first, Supplier<Reply> second) throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    Future<Reply> one = THREADS.submit(() -> start(together, first));
    Future<Reply> other = THREADS.submit(() -> start(together, second));
    return new Answers(one.get(60, TimeUnit.SECONDS), other.get(60, TimeUnit.SECONDS));
  }

  private static Reply start(CyclicBarrier together, Supplier<Reply> call) throws Exception {
    together.await(60, TimeUnit.SECONDS);
    return call.get();
  }

  /** An hour's session under a policy of ninety minutes. */
  private static String session() {
    return at.session(new JsonObject().put("kind", "access").put("policy", policy));
  }

  private static Reply extend(String id, int minutes) {
    return at.user.post(
        "/api/v1/sessions/" + id + "/extend",
        new JsonObject().put("additionalSeconds", minutes * 60));
  }

  private static Reply revoke(String id) {
    return at.admin.post("/api/v1/admin/sessions/" + id + "/revoke", new JsonObject());
  }

  private static Reply stop(String id) {
    return at.user.post("/api/v1/sessions/" + id + "/stop", new JsonObject());
  }

  /** The types of the session's events, without their common beginning, in the log's order. */
  private static List<String> events(String id) {
    JsonArray items =
        at.admin.get("/api/v1/events?session=" + id).is(200).json().getJsonArray("items");
    return items.stream()
        .map(item -> ((JsonObject) item).getString("type").replace("dev.curfew.session.", ""))
        .toList();
  }

  /** The session's events once this one shows: readers stop short of what others still write. */
  private static List<String> eventsWith(String awaited, String id) {
    Await.until(awaited + " is in the log", () -> events(id).contains(awaited));
    return events(id);
  }

  private static void hasEndedOnceFor(String id, String reason, JsonObject shown) {
    assertThat(shown.getString("state")).isIn("ending", "ended");
    assertThat(shown.getString("endReason")).isEqualTo(reason);
    List<String> events = eventsWith(reason, id);
    assertThat(events).containsOnlyOnce(reason);
    assertThat(events.stream().filter("ended"::equals).count()).isLessThanOrEqualTo(1);
    // Nothing lengthens what is over.
    assertThat(events.subList(events.indexOf(reason), events.size())).doesNotContain("extended");
  }

  @Test
  void revokeAgainstExtend_revokeAlwaysWins() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = session();
      Answers answers = race(() -> revoke(id), () -> extend(id, 10));
      answers.first().is(200);
      assertThat(answers.second().status()).isIn(200, 409);
      hasEndedOnceFor(id, "revoked", at.shown(id));
      long extensions = events(id).stream().filter("extended"::equals).count();
      assertThat(extensions).isEqualTo(answers.second().status() == 200 ? 1 : 0);
    }
  }

  @Test
  void twoExtensions_neverAddUpToMoreThanThePolicyAllows() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = session();
      Answers answers = race(() -> extend(id, 20), () -> extend(id, 20));
      assertThat(answers.statuses()).containsExactly(200, 400);
      JsonObject shown = at.shown(id);
      Instant start = Instant.parse(shown.getString("startedAt"));
      assertThat(Instant.parse(shown.getString("expiresAt"))).isEqualTo(start.plusSeconds(80 * 60));
      assertThat(eventsWith("extended", id)).containsOnlyOnce("extended");
    }
  }

  @Test
  void doubleStop_stopsOnce() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = session();
      Answers answers = race(() -> stop(id), () -> stop(id));
      assertThat(answers.statuses()).containsExactly(200, 400);
      hasEndedOnceFor(id, "stopped", at.shown(id));
    }
  }

  @Test
  void stopAgainstRevoke_endsOnceForWhicheverCameFirst() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = session();
      Answers answers = race(() -> stop(id), () -> revoke(id));
      answers.second().is(200);
      assertThat(answers.first().status()).isIn(200, 400);
      JsonObject shown = at.shown(id);
      hasEndedOnceFor(id, answers.first().status() == 200 ? "stopped" : "revoked", shown);
    }
  }
}
