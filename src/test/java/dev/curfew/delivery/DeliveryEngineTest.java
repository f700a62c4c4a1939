package dev.curfew.delivery;

import static dev.curfew.delivery.DeliveryRig.names;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.realm.Delivery;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.LaneState;
import dev.curfew.realm.WebhookSubscription;
import dev.curfew.store.EventCursor;
import dev.curfew.store.LaneQueue;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events on their way from the log to a receiver. */
class DeliveryEngineTest {
  private static final String STARTED = "dev.curfew.session.started";

  private DeliveryRig rig;

  @BeforeEach
  void open() throws Exception {
    rig = new DeliveryRig();
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  @Test
  void events_arriveSignedAndInOrderAsCloudEvents() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    DeliveryEngine engine = rig.start(DeliveryRig.options());
    UUID session = UUID.randomUUID();
    rig.log().write(STARTED, 1, session, 1L, "e1");
    rig.nudge();
    rig.write("e", 2, 300);

    Await.until("all arrived", () -> rig.receiver().received("/a").size() == 300);
    assertThat(rig.receiver().names("/a")).isEqualTo(names("e", 1, 300));
    var first = rig.receiver().received("/a").get(0);
    assertThat(first.headers()).containsEntry("content-type", "application/cloudevents+json");
    assertThat(first.body().getMap())
        .containsEntry("specversion", "1.0")
        .containsEntry("source", "/curfew/root")
        .containsEntry("type", STARTED)
        .containsEntry("subject", "session/" + session)
        .containsEntry("datacontenttype", "application/json");
    EventCursor.parse("id", first.body().getString("id"));

    rig.awaitSettled(hook);
    List<Delivery> deliveries = rig.deliveries(hook);
    assertThat(deliveries).hasSize(300).allMatch(d -> d.state() == Delivery.State.DELIVERED);
    assertThat(deliveries.get(299).messageId()).isEqualTo(first.messageId());
    assertThat(deliveries.get(299).eventId()).isEqualTo(first.body().getString("id"));
    assertThat(deliveries.get(299).history())
        .singleElement()
        .matches(attempt -> Integer.valueOf(200).equals(attempt.status()));
    assertThat(engine.figures().attempts(LaneQueue.Outcome.DELIVERED)).isEqualTo(300);
  }

  @Test
  void backlog_largerThanTheWindow_arrivesInOrder() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.write("e", 1, 1_800);
    rig.start(DeliveryRig.options());

    Await.until("all arrived", () -> rig.receiver().received("/a").size() >= 1_800);
    rig.awaitSettled(hook);
    assertThat(rig.receiver().names("/a")).isEqualTo(names("e", 1, 1_800));
  }

  /** PITFALLS 27: what commits late comes in its place, and nothing is skipped on its account. */
  @Test
  void lateCommit_isNeverSkipped() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.start(DeliveryRig.options());
    try (DirectSql late = DirectSql.open(rig.endpoint()).begin()) {
      new dev.curfew.testing.TestLog(late).write("late");
      rig.write("e", 1, 20);
      late.commit();
      rig.nudge();
    }

    Await.until("all arrived", () -> rig.receiver().received("/a").size() == 21);
    assertThat(rig.receiver().names("/a").get(0)).isEqualTo("late");
    assertThat(rig.receiver().names("/a").subList(1, 21)).isEqualTo(names("e", 1, 20));
    rig.awaitSettled(hook);
  }

  /** Several writers, several subscriptions: each sees the order of the log. */
  @Test
  void concurrentCommits_keepTheLogsOrderInEverySubscription() throws Exception {
    List<WebhookSubscription> hooks = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      hooks.add(rig.subscribe("/" + i));
    }
    rig.start(DeliveryRig.options());
    List<Thread> writers = new ArrayList<>();
    for (int w = 0; w < 4; w++) {
      String name = "w" + w + "-";
      Thread writer =
          new Thread(
              () -> {
                try (DirectSql sql = DirectSql.open(rig.endpoint())) {
                  for (int i = 0; i < 50; i++) {
                    sql.begin();
                    new dev.curfew.testing.TestLog(sql).write(name + i);
                    sql.commit();
                    rig.nudge();
                  }
                } catch (Exception failure) {
                  throw new IllegalStateException(failure);
                }
              });
      writer.start();
      writers.add(writer);
    }
    for (Thread writer : writers) {
      writer.join();
    }
    List<String> inOrder =
        rig.sql()
            .column("SELECT data ->> 'name' FROM event WHERE type = ? ORDER BY xid, id", STARTED);

    assertThat(inOrder).hasSize(200);
    for (int i = 0; i < 5; i++) {
      String path = "/" + i;
      Await.until("all arrived at " + path, () -> rig.receiver().received(path).size() == 200);
      assertThat(rig.receiver().names(path)).isEqualTo(inOrder);
    }
  }

  @Test
  void filter_letsThroughWhatSatisfiesEveryPart() throws Exception {
    UUID session = UUID.randomUUID();
    rig.subscribe("/one", new LaneFilter(Set.of(STARTED), null, Set.of(1L), session, true, null));
    rig.subscribe("/kinds", new LaneFilter(null, Set.of("psm"), null, null, false, null));
    rig.subscribe(
        "/warned",
        new LaneFilter(
            Set.of("dev.curfew.session.expiring", STARTED),
            null,
            null,
            null,
            false,
            List.of(60_000L)));
    rig.start(DeliveryRig.options());

    rig.log().write(STARTED, 1, session, 2L, "other user");
    rig.log().write(STARTED, 1, UUID.randomUUID(), 1L, "other session");
    rig.log().write("dev.curfew.session.ended", 1, session, 1L, "other type");
    rig.log().write(STARTED, 2, session, 1L, "other realm");
    rig.log().write(STARTED, 1, session, 1L, "wanted");
    for (int seconds : List.of(300, 60)) {
      rig.sql()
          .run(
              "INSERT INTO event (type, realm_id, session_id, at, data) VALUES"
                  + " ('dev.curfew.session.expiring', 1, ?, clock_timestamp(),"
                  + " jsonb_build_object('name', ?::text, 'thresholdSeconds', ?, 'kind', 'psm'))",
              session,
              "in " + seconds,
              seconds);
    }
    rig.log().write(STARTED, 1, session, 1L, "last");
    rig.nudge();

    Await.until("the last one arrived", () -> rig.receiver().names("/one").contains("last"));
    Await.until("and there", () -> rig.receiver().names("/warned").contains("last"));
    Await.until("and there", () -> rig.receiver().names("/kinds").size() == 2);
    assertThat(rig.receiver().names("/one")).containsExactly("wanted", "last");
    assertThat(rig.receiver().names("/kinds")).containsExactly("in 300", "in 60");
    assertThat(rig.receiver().names("/warned"))
        .containsExactly("other user", "other session", "wanted", "in 60", "last");
  }

  @Test
  void pausedLane_getsWhatItMissedWhenItIsResumed() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.start(DeliveryRig.options());
    rig.write("e", 1, 3);
    rig.awaitSettled(hook);
    Await.until("arrived", () -> rig.receiver().received("/a").size() == 3);

    Await.result(
        rig.webhooks().changeState(hook, LaneState.PAUSED, "for a while", DeliveryRig.by()));
    rig.nudge();
    Await.until(
        "nobody drives it",
        () -> rig.sql().number("SELECT count(*) FROM lane WHERE holder IS NOT NULL") == 0);
    rig.write("e", 4, 6);
    Await.result(rig.webhooks().changeState(hook, LaneState.ENABLED, null, DeliveryRig.by()));
    rig.nudge();

    Await.until("the rest arrived", () -> rig.receiver().received("/a").size() == 6);
    assertThat(rig.receiver().names("/a")).isEqualTo(names("e", 1, 6));
  }

  @Test
  void replay_fromACursor_sendsTheSameMessagesAgain() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.start(DeliveryRig.options());
    rig.write("e", 1, 10);
    Await.until("arrived", () -> rig.receiver().received("/a").size() == 10);
    rig.awaitSettled(hook);
    var sixth = rig.receiver().received("/a").get(5);

    Await.result(
        rig.webhooks()
            .replay(hook, EventCursor.parse("id", sixth.body().getString("id")), DeliveryRig.by()));
    rig.nudge();

    Await.until("arrived again", () -> rig.receiver().received("/a").size() == 14);
    rig.awaitSettled(hook);
    assertThat(rig.receiver().names("/a").subList(10, 14)).isEqualTo(names("e", 7, 10));
    Map<String, Long> ids =
        rig.receiver().received("/a").stream()
            .collect(Collectors.groupingBy(one -> one.messageId(), Collectors.counting()));
    assertThat(ids).hasSize(10);
    assertThat(rig.deliveries(hook)).hasSize(10);
  }

  @Test
  void retention_thatPassesACursor_isNotedInTheLane() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    WebhookSubscription upToDate = rig.subscribe("/b");
    WebhookSubscription wantsNone =
        rig.subscribe("/c", new LaneFilter(Set.of("none"), null, null, null, false, null));
    Await.result(rig.webhooks().changeState(hook, LaneState.PAUSED, null, DeliveryRig.by()));
    Await.result(rig.webhooks().changeState(wantsNone, LaneState.PAUSED, null, DeliveryRig.by()));
    rig.start(DeliveryRig.options());
    rig.write("e", 1, 4);
    Await.until("arrived", () -> rig.receiver().received("/b").size() == 4);
    rig.awaitSettled(upToDate);
    rig.sql().run("UPDATE event SET recorded_at = now() - interval '40 days'");
    rig.sql().run("UPDATE lane SET cursor_recorded_at = now() - interval '40 days'");

    Await.result(
        new dev.curfew.store.EventPartitions(rig.store().database())
            .dropOlderThan(java.time.Duration.ofDays(30), io.vertx.core.Future::succeededFuture));

    assertThat(rig.lane(hook).lostEvents()).isEqualTo(4);
    assertThat(rig.lane(hook).lostUntil()).isPositive();
    assertThat(rig.lane(upToDate).lostEvents()).isZero();
    assertThat(rig.lane(wantsNone).lostEvents()).isZero();
  }

  /** An event that was laid out, and that the log then lost, is given up and not passed over. */
  @Test
  void eventThatTheLogLost_isADeadLetter() throws Exception {
    WebhookSubscription hook = rig.subscribe("/a");
    rig.receiver().answersStatus("/a", 500);
    rig.start(
        DeliveryRig.retrying(
            new RetrySchedule(
                List.of(java.time.Duration.ZERO, java.time.Duration.ofSeconds(600)))));
    rig.write("e", 1, 2);
    Await.until("laid out", () -> rig.lane(hook).pending() == 2);
    Await.until("tried", () -> rig.deliveries(hook).get(1).attempts() == 1);
    rig.sql().run("DELETE FROM event");
    rig.sql().run("UPDATE delivery SET due_at = clock_timestamp()");
    rig.sql().run("UPDATE lane SET revision = revision + 1");
    rig.nudge();

    rig.awaitSettled(hook);
    assertThat(rig.deliveries(hook))
        .hasSize(2)
        .allMatch(delivery -> delivery.state() == Delivery.State.DEAD)
        .allMatch(
            delivery ->
                "The log no longer keeps this event"
                    .equals(delivery.history().get(delivery.history().size() - 1).error()));
  }
}
