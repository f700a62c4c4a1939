package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What clients see of a node that is told to stop. */
class LeavingTest {
  private static final int CLIENTS = 6;

  /**
   * A client that keeps its connection until it is asked to let go of it, and asks again and again
   * until nobody listens.
   */
  private static final class Hammer implements Runnable {
    private final Installation at;
    private final CountDownLatch answered;
    private final Queue<String> opened;
    private final List<String> failures = new ArrayList<>();
    private int reused;

    private Hammer(Installation at, CountDownLatch answered, Queue<String> opened) {
      this.at = at;
      this.answered = answered;
      this.opened = opened;
    }

    @Override
    public void run() {
      while (onOneConnection()) {
        // The next.
      }
    }

    private boolean onOneConnection() {
      int asked = 0;
      try (RawConnection connection = new RawConnection(at.node.url())) {
        while (true) {
          RawConnection.Answer answer =
              connection.post("/api/v1/admin/sessions", at.node.adminKey(), session());
          if (answer.status() != 201) {
            failures.add(answer.head() + answer.body());
          } else {
            opened.add(new JsonObject(answer.body()).getString("id"));
          }
          answered.countDown();
          reused += asked++ > 0 ? 1 : 0;
          if (answer.head().toLowerCase(Locale.ROOT).contains("connection: close")) {
            return true;
          }
        }
      } catch (ConnectException nobodyListens) {
        return false;
      } catch (IOException cut) {
        // A connection that nobody has taken from the kernel yet goes with the listener.
        if (asked > 0) {
          failures.add("after " + asked + " answers: " + cut);
        }
        return true;
      }
    }

    private static byte[] session() {
      return new JsonObject()
          .put("userId", "jdoe")
          .put("durationSeconds", 3_600)
          .put("kind", "access")
          .encode()
          .getBytes(StandardCharsets.UTF_8);
    }
  }

  @Test
  void clientsThatKeepConnections_areAllAnswered() throws Exception {
    Installation at = Installation.start(Map.of());
    Queue<String> opened = new ConcurrentLinkedQueue<>();
    CountDownLatch answered = new CountDownLatch(100);
    List<Hammer> hammers = new ArrayList<>();
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      Hammer hammer = new Hammer(at, answered, opened);
      hammers.add(hammer);
      running.add(CompletableFuture.runAsync(hammer, task -> new Thread(task).start()));
    }
    answered.await();

    at.close();

    CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)).join();
    assertThat(hammers).allSatisfy(hammer -> assertThat(hammer.failures).isEmpty());
    assertThat(hammers.stream().mapToInt(hammer -> hammer.reused).sum()).isPositive();
    try (DirectSql sql = at.node.sql()) {
      // Nothing was done either that nobody was told of.
      assertThat(sql.number("SELECT count(*) FROM session")).isEqualTo(opened.size());
    }
  }

  private static JsonObject leaving(Reply ready) {
    JsonArray checks = ready.json().getJsonArray("checks");
    return checks.stream()
        .map(JsonObject.class::cast)
        .filter(check -> check.getString("id").equals("leaving"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nodeThatLeaves_answersForTheTimeOfItsDelayAndIsNotReady() throws Exception {
    Installation at = Installation.start(Map.of("http.leave-delay", "2s"));
    assertThat(leaving(at.anonymous.get("/health/ready").is(200)).getString("status"))
        .isEqualTo("UP");

    CompletableFuture<Void> closed =
        CompletableFuture.runAsync(at::close, task -> new Thread(task).start());

    Await.until("the node is not ready", () -> at.anonymous.get("/health/ready").status() == 503);
    JsonObject check = leaving(at.anonymous.get("/health/ready").is(503));
    assertThat(check.getJsonObject("data").getString("reason")).isEqualTo("the node is leaving");
    at.anonymous.get("/health/live").is(200);
    at.session(new JsonObject().put("kind", "access"));
    try (RawConnection connection = new RawConnection(at.node.url())) {
      assertThat(
              connection.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n", new byte[0]).head())
          .containsIgnoringCase("connection: close");
    }
    closed.join();
  }

  @Test
  void waits_areOverWhenTheNodeLeaves() throws Exception {
    Installation at =
        Installation.start(Map.of("node.roles", "api,sessions,claims,watchdog,alerts,delivery"));
    byte[] claim =
        new JsonObject()
            .put("processInstance", "encoder-1")
            .put("waitSeconds", 60)
            .encode()
            .getBytes(StandardCharsets.UTF_8);
    try (RawConnection worker = new RawConnection(at.node.url());
        RawConnection reader = new RawConnection(at.node.url())) {
      CompletableFuture<RawConnection.Answer> granted = new CompletableFuture<>();
      new Thread(
              () -> {
                try {
                  granted.complete(
                      worker.post(Installation.PSM + "EncoderClaim", at.node.adminKey(), claim));
                } catch (IOException cut) {
                  granted.completeExceptionally(cut);
                }
              })
          .start();
      String stream =
          "GET /api/v1/events/stream HTTP/1.1\r\nHost: a\r\nX-API-Key: "
              + at.node.adminKey()
              + "\r\n\r\n";
      assertThat(reader.send(stream, new byte[0]).status()).isEqualTo(200);
      // Whether the claim waits already cannot be seen from outside; if not, its wait is over soon.

      at.close();

      RawConnection.Answer answer = granted.join();
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      assertThat(new JsonObject(answer.body()).getJsonArray("SessionIds")).isEmpty();
      assertThat(reader.rest()).contains("the node stops").endsWith("0\r\n\r\n");
    }
  }
}
