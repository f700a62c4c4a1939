package dev.curfew.delivery;

import static dev.curfew.delivery.DeliveryRig.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.realm.WebhookSubscription;
import dev.curfew.store.LaneLeases;
import dev.curfew.store.LaneQueue;
import dev.curfew.testing.Await;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lanes that pass from one node to another. */
class LaneTakeoverTest {
  private DeliveryRig rig;

  @BeforeEach
  void open() throws Exception {
    rig = new DeliveryRig();
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private String holder() throws Exception {
    return rig.sql().column("SELECT holder FROM lane").get(0);
  }

  @Test
  void nodeThatFallsSilent_losesItsLaneAndNothingElse() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    try (DeliveryRig.OtherNode first = rig.new OtherNode(DeliveryRig.shortLease())) {
      Await.until("the first node holds the lane", () -> holder() != null);
      String silent = holder();
      AtomicInteger arrived = new AtomicInteger();
      rig.receiver()
          .answers(
              "/a",
              (request, one) -> {
                if (arrived.incrementAndGet() == 40) {
                  first.link().cut();
                }
                request.response().end();
              });
      rig.start(DeliveryRig.shortLease());
      rig.write("e", 1, 100);

      Await.until("all arrived", () -> rig.receiver().firstArrivals("/a").size() == 100);
      rig.awaitSettled(hook);
      assertThat(rig.receiver().firstArrivals("/a")).isEqualTo(names("e", 1, 100));
      assertThat(holder()).isNotEqualTo(silent);
      assertThat(rig.sql().number("SELECT fence FROM lane")).isEqualTo(2);
    }
  }

  @Test
  void nodeThatStops_finishesAndGivesItsLanesBackAtOnce() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.receiver()
        .answers(
            "/a",
            (request, one) -> {
              if (one.name().equals("e1")) {
                Vertx.currentContext().owner().setTimer(500, late -> request.response().end());
              } else {
                request.response().end();
              }
            });
    DeliveryEngine engine = rig.start(DeliveryRig.options());
    rig.write("e", 1, 5);
    Await.until("the first one is under way", () -> !rig.receiver().received("/a").isEmpty());

    Await.result(rig.store().vertx().undeploy(engine.deploymentID()));
    assertThat(rig.lane(hook).pending()).isEqualTo(4);
    assertThat(rig.sql().number("SELECT count(*) FROM lane WHERE holder IS NOT NULL")).isZero();

    rig.start(DeliveryRig.options());
    rig.awaitSettled(hook);
    assertThat(rig.receiver().names("/a")).isEqualTo(names("e", 1, 5));
  }

  /** What a deposed node writes changes nothing, whatever it is. */
  @Test
  void oldFence_writesNothing() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.write("e", 1, 3);
    LaneLeases old = new LaneLeases(rig.store().database(), "old");
    LaneQueue oldQueue = new LaneQueue(rig.store().database(), "old");
    LaneLeases.Held held =
        Await.result(old.acquire(List.of("webhook"), Duration.ofMillis(1), 10)).get(0);
    LaneLeases.Wish wish = new LaneLeases.Wish(held.laneId(), held.fence(), true);
    assertThat(Await.result(old.tend(List.of(wish), Duration.ofMillis(1), 100, 2)))
        .singleElement()
        .matches(tended -> tended.pending() == 2);
    UUID delivery =
        Await.result(oldQueue.load(List.of(new LaneQueue.Look(held.laneId(), held.fence(), 10))))
            .get(0)
            .id();

    Await.until(
        "the lease has run out",
        () ->
            !Await.result(
                    new LaneLeases(rig.store().database(), "new")
                        .acquire(List.of("webhook"), Duration.ofSeconds(60), 10))
                .isEmpty());
    assertThat(Await.result(old.tend(List.of(wish), Duration.ofMillis(1), 100, 100))).isEmpty();
    assertThat(
            Await.result(
                oldQueue.load(List.of(new LaneQueue.Look(held.laneId(), held.fence(), 10)))))
        .isEmpty();
    assertThat(
            Await.result(
                oldQueue.settle(
                    List.of(
                        new LaneQueue.Result(
                            held.laneId(),
                            held.fence(),
                            delivery,
                            1,
                            1,
                            0,
                            LaneQueue.Outcome.DELIVERED,
                            200,
                            null,
                            1,
                            0)))))
        .isEmpty();
    Await.result(old.release(List.of(wish)));
    assertThat(holder()).isEqualTo("new");
    assertThat(rig.lane(hook).pending()).isEqualTo(2);
    assertThat(rig.deliveries(hook)).allMatch(one -> one.history().isEmpty());
  }

  @Test
  void databaseOutage_losesNothingAndKeepsTheOrder() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    try (DeliveryRig.OtherNode node = rig.new OtherNode(DeliveryRig.shortLease())) {
      AtomicInteger arrived = new AtomicInteger();
      rig.receiver()
          .answers(
              "/a",
              (request, one) -> {
                if (arrived.incrementAndGet() == 20) {
                  node.link().cut();
                }
                request.response().end();
              });
      rig.write("e", 1, 600);
      Await.until("it was cut", () -> arrived.get() >= 20);
      // What was read ahead may still go out; no more than that.
      Await.until(
          "its lease has run out",
          () -> rig.sql().number("SELECT count(*) FROM lane WHERE leased_until < now()") == 1);
      assertThat(arrived.get()).isLessThan(400);
      node.link().mend();

      Await.until("all arrived", () -> rig.receiver().firstArrivals("/a").size() == 600);
      rig.awaitSettled(hook);
      assertThat(rig.receiver().firstArrivals("/a")).isEqualTo(names("e", 1, 600));
    }
  }
}
