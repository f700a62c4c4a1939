package dev.curfew.delivery;

import static dev.curfew.delivery.DeliveryRig.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.outbound.TargetGuard;
import dev.curfew.realm.Delivery;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.WebhookSubscription;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that do not do what they should. */
class TargetBehaviourTest {
  private DeliveryRig rig;

  @BeforeEach
  void open() throws Exception {
    rig = new DeliveryRig();
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private List<Delivery.Attempt> attempts(WebhookSubscription of) {
    List<Delivery> deliveries = rig.deliveries(of);
    return deliveries.get(deliveries.size() - 1).history();
  }

  private void awaitAttempted(WebhookSubscription of) {
    Await.until(
        "an attempt is on record", () -> !rig.deliveries(of).isEmpty() && !attempts(of).isEmpty());
  }

  private static DeliveryEngine.Options once() {
    return DeliveryRig.retrying(new RetrySchedule(List.of(Duration.ZERO)));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 400, 404, 500})
  void failure_isTriedAgainInOrderUntilItSucceeds(int status) throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    AtomicInteger asked = new AtomicInteger();
    rig.receiver()
        .answers(
            "/a",
            (request, one) -> {
              if (one.name().equals("e2") && asked.incrementAndGet() <= 3) {
                request
                    .response()
                    .setStatusCode(status)
                    .putHeader("location", rig.receiver().url("/b"))
                    .end();
              } else {
                request.response().end();
              }
            });
    rig.start(DeliveryRig.options());
    rig.write("e", 1, 4);

    Await.until("all arrived", () -> rig.receiver().received("/a").size() == 7);
    rig.awaitSettled(hook);
    assertThat(rig.receiver().names("/a"))
        .containsExactly("e1", "e2", "e2", "e2", "e2", "e3", "e4");
    assertThat(rig.receiver().received("/a").subList(1, 5))
        .extracting(one -> one.messageId())
        .containsOnly(rig.receiver().received("/a").get(1).messageId());
    assertThat(rig.receiver().received("/b")).isEmpty();
    Delivery second = rig.deliveries(hook).get(2);
    assertThat(second.attempts()).isEqualTo(4);
    assertThat(second.history().get(0).status()).isEqualTo(status);
    assertThat(second.history().get(0).error()).contains(Integer.toString(status));
    assertThat(second.history().get(3).error()).isNull();
  }

  @Test
  void deadLetter_letsTheNextOnePass_andCanBeSentAfterAll() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    AtomicReference<String> refused = new AtomicReference<>("e1");
    rig.receiver()
        .answers(
            "/a",
            (request, one) ->
                request
                    .response()
                    .setStatusCode(one.name().equals(refused.get()) ? 500 : 204)
                    .end());
    rig.start(DeliveryRig.options());
    rig.write("e", 1, 2);

    Await.until("the second one arrived", () -> rig.receiver().names("/a").contains("e2"));
    rig.awaitSettled(hook);
    Delivery dead = rig.deliveries(hook).get(1);
    assertThat(dead.state()).isEqualTo(Delivery.State.DEAD);
    assertThat(dead.attempts()).isEqualTo(10);
    assertThat(rig.lane(hook).dead()).isEqualTo(1);

    refused.set("");
    assertThat(Await.result(rig.webhooks().retry(hook, dead.id(), DeliveryRig.by()))).isTrue();
    rig.nudge();
    rig.awaitSettled(hook);
    Delivery delivered = rig.deliveries(hook).get(0);
    assertThat(delivered.id()).isEqualTo(dead.id());
    assertThat(delivered.state()).isEqualTo(Delivery.State.DELIVERED);
    assertThat(delivered.attempts()).isEqualTo(11);
    assertThat(delivered.history()).hasSize(11);
    assertThat(rig.receiver().names("/a").get(11)).isEqualTo("e1");
  }

  @Test
  void gone_disablesTheLaneAndKeepsTheMessage() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.receiver().answersStatus("/a", 410);
    rig.start(DeliveryRig.options());
    rig.write("e", 1, 3);

    Await.until("disabled", () -> rig.lane(hook).state() == LaneState.DISABLED);
    assertThat(rig.lane(hook).reason()).contains("410");
    assertThat(rig.lane(hook).pending()).isEqualTo(3);
    assertThat(rig.receiver().received("/a")).hasSize(1);
    assertThat(
            rig.sql()
                .value(
                    "SELECT data ->> 'action' || ' ' || (data -> 'by' ->> 'kind') FROM event"
                        + " WHERE type = 'dev.curfew.admin.changed' AND data ->> 'id' = ?"
                        + " ORDER BY xid DESC, id DESC LIMIT 1",
                    hook.id().toString()))
        .isEqualTo("disabled system");

    rig.receiver().answersStatus("/a", 200);
    Await.result(rig.webhooks().changeState(hook, LaneState.ENABLED, null, DeliveryRig.by()));
    rig.nudge();
    Await.until("all arrived", () -> rig.receiver().received("/a").size() == 4);
    assertThat(rig.receiver().names("/a")).containsExactly("e1", "e1", "e2", "e3");
    rig.awaitSettled(hook);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void retryAfter_isWaitedFor(int status) throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    AtomicInteger asked = new AtomicInteger();
    rig.receiver()
        .answers(
            "/a",
            (request, one) -> {
              if (asked.incrementAndGet() == 1) {
                request.response().setStatusCode(status).putHeader("retry-after", "2").end();
              } else {
                request.response().end();
              }
            });
    rig.start(DeliveryRig.options());
    rig.write("e", 1, 1);

    Await.until("tried again", () -> rig.receiver().received("/a").size() == 2);
    var received = rig.receiver().received("/a");
    assertThat(received.get(1).at() - received.get(0).at())
        .isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(2_000));
    rig.awaitSettled(hook);
  }

  @Test
  void target_thatHangs_isGivenItsTimeAndNoMore() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.receiver().answers("/a", (request, one) -> {});
    rig.start(once(), TargetGuard.create(rig.store().vertx(), true), Duration.ofSeconds(1));
    rig.write("e", 1, 1);

    awaitAttempted(hook);
    Delivery.Attempt attempt = attempts(hook).get(0);
    assertThat(attempt.status()).isNull();
    assertThat(attempt.error()).contains("did not answer within 1 s");
    assertThat(attempt.millis()).isBetween(1_000, 5_000);
  }

  @Test
  void target_thatAnswersGarbage_isAFailure() throws Exception {
    try (java.net.ServerSocket server =
        new java.net.ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread garbler =
          new Thread(
              () -> {
                try {
                  while (true) {
                    try (java.net.Socket socket = server.accept()) {
                      socket.getInputStream().read(new byte[4_096]);
                      socket.getOutputStream().write("\0\1 no HTTP\r\n\r\n".getBytes("UTF-8"));
                    }
                  }
                } catch (java.io.IOException closed) {
                  return;
                }
              });
      garbler.setDaemon(true);
      garbler.start();
      WebhookSubscription hook =
          rig.subscribeUrl(
              "http://127.0.0.1:" + server.getLocalPort() + "/", "/none", DeliveryRig.STARTED);
      rig.start(once());
      rig.write("e", 1, 1);

      awaitAttempted(hook);
      assertThat(attempts(hook).get(0).error()).contains("could not be called");
      assertThat(rig.deliveries(hook).get(0).state()).isEqualTo(Delivery.State.DEAD);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1/",
        "http://10.1.2.3/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[fd00:ec2::254]/"
      })
  void privateTarget_isAFailedAttemptThatSaysWhy(String url) throws Exception {
    WebhookSubscription hook = rig.subscribeUrl(url, "/none", DeliveryRig.STARTED);
    rig.start(once(), TargetGuard.create(rig.store().vertx(), false), Duration.ofSeconds(15));
    rig.write("e", 1, 1);

    awaitAttempted(hook);
    assertThat(attempts(hook).get(0).error()).contains("leads to a private address");
  }

  /** A name that was public when it was subscribed is looked up, and judged, at every attempt. */
  @Test
  void name_thatComesToLeadInside_isNotCalled() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    WebhookSubscription hook =
        rig.subscribeUrl(
            "http://hooks.example.com:" + rig.receiver().port() + "/a", "/a", DeliveryRig.STARTED);
    rig.start(
        once(),
        host -> {
          lookups.incrementAndGet();
          return Future.succeededFuture(List.of(InetAddress.getLoopbackAddress()));
        });
    rig.write("e", 1, 1);

    awaitAttempted(hook);
    assertThat(lookups).hasPositiveValue();
    assertThat(attempts(hook).get(0).error())
        .isEqualTo("hooks.example.com leads to a private address");
    assertThat(rig.receiver().received("/a")).isEmpty();
  }

  @Test
  void deadTarget_delaysNoOther() throws Exception {
    for (int i = 0; i < 20; i++) {
      rig.subscribe("/hangs" + i);
      rig.receiver().answers("/hangs" + i, (request, one) -> {});
    }
    WebhookSubscription lively = rig.subscribe("/lively");
    DeliveryEngine.Options usual = DeliveryRig.options();
    rig.start(usual);
    long begun = System.nanoTime();
    rig.write("e", 1, 100);

    Await.until("all arrived", () -> rig.receiver().received("/lively").size() == 100);
    assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(10));
    rig.awaitSettled(lively);
    assertThat(rig.receiver().names("/lively")).isEqualTo(names("e", 1, 100));
  }

  @Test
  void retryAfter_isReadAsSecondsOrAsADate() {
    assertThat(HttpAttempt.retryAfter("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799_000L - 90_000))
        .isEqualTo(Duration.ofSeconds(90));
    assertThat(HttpAttempt.retryAfter("120", 0)).isEqualTo(Duration.ofMinutes(2));
    assertThat(HttpAttempt.retryAfter("-1", 0)).isNull();
    assertThat(HttpAttempt.retryAfter("soon", 0)).isNull();
    assertThat(HttpAttempt.retryAfter(null, 0)).isNull();
    assertThat(HttpAttempt.retryAfter("99999999999999999999", 0))
        .isGreaterThan(Duration.ofDays(365));
    assertThat(RetrySchedule.STANDARD.pause(1, Duration.ofDays(365)))
        .isEqualTo(Duration.ofHours(24));
    assertThat(RetrySchedule.STANDARD.pause(2, Duration.ofSeconds(1)))
        .isEqualTo(Duration.ofMinutes(5));
  }
}
