package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventStoreTest {
  private static final String STARTED = "dev.curfew.session.started";
  private static final String ENDED = "dev.curfew.session.ended";
  private static final String LOGIN = "dev.curfew.auth.login";

  private static final long T0 = Instant.parse("2026-02-18T10:00:00Z").toEpochMilli();

  private TestStore node;
  private EventStore store;
  private DirectSql sql;
  private TestLog log;

  @BeforeEach
  void open() throws Exception {
    node = TestStore.open();
    store = new EventStore(node.database());
    sql = DirectSql.open(node.endpoint());
    log = new TestLog(sql);
  }

  @AfterEach
  void close() throws Exception {
    sql.close();
    node.close();
  }

  @Test
  void read_neverSkipsALateCommit() throws Exception {
    try (DirectSql slow = DirectSql.open(node.endpoint()).begin();
        DirectSql slower = DirectSql.open(node.endpoint()).begin()) {
      new TestLog(slow).write("slow");
      new TestLog(slower).write("slower");
      log.write("quick");

      EventPage held = read(EventCursor.START);
      assertThat(names(held)).isEmpty();
      assertThat(held.heldBack()).isTrue();
      assertThat(held.next()).isEqualTo(EventCursor.START);

      slow.commit();
      EventPage first = read(held.next());
      assertThat(names(first)).containsExactly("slow");
      assertThat(first.heldBack()).isTrue();

      slower.commit();
      EventPage rest = read(first.next());
      assertThat(names(rest)).containsExactly("slower", "quick");
      assertThat(rest.heldBack()).isFalse();
      assertThat(names(read(rest.next()))).isEmpty();
    }
  }

  @Test
  void read_isNotHeldBackByReaders() throws Exception {
    try (DirectSql reader = DirectSql.open(node.endpoint()).begin()) {
      reader.number("SELECT count(*) FROM event");
      log.write("one");

      EventPage page = read(EventCursor.START);

      assertThat(names(page)).containsExactly("one");
      assertThat(page.heldBack()).isFalse();
    }
  }

  @Test
  void read_forgetsWhatWasRolledBack() throws Exception {
    try (DirectSql failing = DirectSql.open(node.endpoint()).begin()) {
      new TestLog(failing).write("failing");
      log.write("one");
      failing.rollback();

      assertThat(names(read(EventCursor.START))).containsExactly("one");
    }
  }

  @Test
  void read_goesOnWithoutGapOrDuplicate() throws Exception {
    for (int i = 0; i < 10; i++) {
      log.write("a" + i, "b" + i, "c" + i);
    }
    List<String> whole = names(read(EventCursor.START));
    assertThat(whole).hasSize(30);

    List<String> inPages = new ArrayList<>();
    EventPage page = Await.result(store.read(EventCursor.START, EventFilter.ALL, 4));
    inPages.addAll(names(page));
    while (page.more()) {
      page = Await.result(store.read(page.next(), EventFilter.ALL, 4));
      inPages.addAll(names(page));
    }

    assertThat(inPages).isEqualTo(whole);
  }

  @Test
  void read_everyEventIsACursor() throws Exception {
    log.write("a", "b", "c");
    List<LoggedEvent> events = read(EventCursor.START).events();

    for (int i = 0; i < events.size(); i++) {
      EventCursor cursor = EventCursor.parse("after", events.get(i).cursor().text());
      assertThat(read(cursor).events()).isEqualTo(events.subList(i + 1, events.size()));
    }
  }

  @Test
  void read_filtersAsTheFilterItselfDoes() throws Exception {
    Random random = new Random(3);
    UUID[] sessions = {UUID.randomUUID(), UUID.randomUUID(), null};
    Long[] users = {7L, 8L, null};
    String[] types = {STARTED, ENDED, LOGIN};
    for (int i = 0; i < 300; i++) {
      log.write(
          types[random.nextInt(3)],
          1 + random.nextInt(2),
          sessions[random.nextInt(3)],
          users[random.nextInt(3)],
          "e" + i);
    }
    List<LoggedEvent> all = read(EventCursor.START).events();
    assertThat(all).hasSize(300);

    for (int i = 0; i < 60; i++) {
      EventFilter filter =
          new EventFilter(
              random.nextBoolean() ? null : 1 + random.nextInt(2),
              random.nextBoolean() ? null : Set.of(7L + random.nextInt(2)),
              random.nextInt(4) > 0 ? null : sessions[random.nextInt(2)],
              random.nextBoolean() ? null : Set.of(STARTED, LOGIN),
              random.nextBoolean());

      EventPage page = Await.result(store.read(EventCursor.START, filter, 1_000));

      assertThat(page.events())
          .as(filter.toString())
          .isEqualTo(all.stream().filter(filter::matches).toList());
      assertThat(page.more()).isFalse();
      if (filter.sessionId() == null) {
        assertThat(page.next()).isEqualTo(all.get(all.size() - 1).cursor());
      }
    }
  }

  @Test
  void read_ofAWindowDecidesAsTheWindowItselfDoes() throws Exception {
    Random random = new Random(5);
    for (int i = 0; i < 200; i++) {
      log.writeAt(T0 + random.nextInt(50), "e" + i);
    }
    List<LoggedEvent> all = read(EventCursor.START).events();
    assertThat(all).hasSize(200);

    for (int i = 0; i < 40; i++) {
      EventWindow window =
          new EventWindow(
              i % 4 == 0 ? null : T0 + random.nextInt(25),
              i % 4 == 1 ? null : T0 + 25 + random.nextInt(26));
      assertThat(inPages(window))
          .as(window.toString())
          .isEqualTo(all.stream().filter(window::holds).toList());
    }
    assertThat(inPages(new EventWindow(T0, T0))).isEmpty();
  }

  private List<LoggedEvent> inPages(EventWindow window) {
    List<LoggedEvent> events = new ArrayList<>();
    EventPage page = Await.result(store.read(EventCursor.START, EventFilter.ALL, window, 7));
    events.addAll(page.events());
    while (page.more()) {
      page = Await.result(store.read(page.next(), EventFilter.ALL, window, 7));
      events.addAll(page.events());
    }
    return events;
  }

  @Test
  void read_ofAWindowFindsWhatIsWrittenOrCommittedAfterIt() throws Exception {
    EventWindow window = new EventWindow(T0, T0 + 10);
    try (DirectSql slow = DirectSql.open(node.endpoint()).begin()) {
      log.writeAt(T0, "first");
      new TestLog(slow).writeAt(T0 + 1, "slow");
      log.writeAt(T0 + 2, "quick");
      log.writeAt(T0 + 10, "outside");

      EventPage held = Await.result(store.read(EventCursor.START, EventFilter.ALL, window, 10));
      assertThat(names(held)).containsExactly("first");
      assertThat(held.heldBack()).isTrue();

      slow.commit();
      EventPage rest = Await.result(store.read(held.next(), EventFilter.ALL, window, 10));
      assertThat(names(rest)).containsExactly("slow", "quick");

      EventPage end = Await.result(store.read(rest.next(), EventFilter.ALL, window, 10));
      assertThat(end.events()).isEmpty();
      assertThat(end.next()).isEqualTo(rest.next());

      log.writeAt(T0 + 9, "late");
      EventPage late = Await.result(store.read(end.next(), EventFilter.ALL, window, 10));
      assertThat(names(late)).containsExactly("late");
    }
  }

  @Test
  void read_ofAWindowBeginsInItsDaysAndTheOneBefore() throws Exception {
    days();
    // What was recorded on the 8th, and only then, is of a time on the 9th: none of it is missed.
    sql.run(
        "UPDATE event SET at = recorded_at + interval '23 hours' WHERE recorded_at >= '2020-01-08'");
    long ninth = Instant.parse("2020-01-09T00:00:00Z").toEpochMilli();
    EventWindow window = new EventWindow(ninth, ninth + 1);

    EventPage page = Await.result(store.read(EventCursor.START, EventFilter.ALL, window, 10));
    while (page.events().isEmpty() && page.more()) {
      page = Await.result(store.read(page.next(), EventFilter.ALL, window, 10));
    }

    assertThat(page.events()).extracting(LoggedEvent::at).containsExactly(ninth);
    assertThat(page.events().get(0).cursor().recordedAt()).isEqualTo(ninth / 1000 - 23 * 3600);
    // The log's first event is nine days old and is not looked at: one step is enough to get there.
    EventPage first = Await.result(store.read(EventCursor.START, EventFilter.ALL, window, 10));
    assertThat(first.next().recordedAt()).isGreaterThanOrEqualTo(ninth / 1000 - 24 * 3600);
  }

  @Test
  void read_ofWhatIsRareGoesThroughTheLogInShortSteps() throws Exception {
    sql.run(
        "INSERT INTO event (type, realm_id, user_id, at, data)"
            + " SELECT '"
            + STARTED
            + "', 1, 7, now(), '{}' FROM generate_series(1, 5000)");
    log.write(STARTED, 1, null, 8L, "rare");
    EventFilter rare = new EventFilter(1, Set.of(8L), null, null, false);

    EventPage page = Await.result(store.read(EventCursor.START, rare, 10));
    int steps = 1;
    while (page.events().isEmpty()) {
      assertThat(page.more()).isTrue();
      page = Await.result(store.read(page.next(), rare, 10));
      steps++;
    }

    assertThat(names(page)).containsExactly("rare");
    assertThat(steps).isEqualTo(3);
  }

  @Test
  void read_addsRealmAndUserToTheData() throws Exception {
    UUID userUuid = new TestPeople(sql).realm(1, "acme").user(1, 1, "jdoe");
    UUID session = UUID.randomUUID();
    log.write(STARTED, 1, session, 1L, "one");
    log.write(LOGIN, 2, null, null, "two");

    List<LoggedEvent> events = read(EventCursor.START).events();

    assertThat(events.get(0).realm()).isEqualTo("acme");
    assertThat(events.get(0).sessionId()).isEqualTo(session);
    assertThat(new JsonObject(events.get(0).data()))
        .isEqualTo(
            new JsonObject()
                .put("realm", "acme")
                .put("userUuid", userUuid.toString())
                .put("name", "one"));
    assertThat(events.get(1).realm()).isEqualTo("2");
    assertThat(new JsonObject(events.get(1).data())).isEqualTo(new JsonObject().put("name", "two"));
  }

  @Test
  void read_fromAnotherDatabasesFutureIsRefused() throws Exception {
    log.write("one");
    EventCursor foreign = new EventCursor(1L << 40, 1, 0);

    assertThat(Await.failure(store.read(foreign, EventFilter.ALL, 10)))
        .isInstanceOfSatisfying(
            CurfewException.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.BAD_CURSOR);
              assertThat(failure.field()).isEqualTo("after");
            });
    assertThat(Await.result(store.knows(foreign))).isFalse();
    assertThat(Await.result(store.knows(Await.result(store.last())))).isTrue();
    assertThat(Await.result(store.knows(EventCursor.START))).isTrue();
  }

  @Test
  void last_isTheNewestThatCanBeTold() throws Exception {
    assertThat(Await.result(store.last())).isEqualTo(EventCursor.START);
    log.write("one", "two");
    EventCursor two = read(EventCursor.START).events().get(1).cursor();
    assertThat(Await.result(store.last())).isEqualTo(two);

    try (DirectSql slow = DirectSql.open(node.endpoint()).begin()) {
      new TestLog(slow).write("slow");
      log.write("three");

      assertThat(Await.result(store.last())).isEqualTo(two);
      slow.commit();
    }
    assertThat(names(read(two))).containsExactly("slow", "three");
  }

  @Test
  void read_touchesOnlyTheDaysItNeedsByTheIndex() throws Exception {
    days();
    EventCursor cursor = Await.result(store.last());
    assertThat(cursor.recordedAt()).isGreaterThan(1_578_600_000L);

    for (String condition : List.of("", "    AND e.session_id = $12\n")) {
      String plan = plan(EventStore.page(condition), cursor, !condition.isEmpty());
      String scanned = plan.substring(plan.indexOf("CTE scanned"), plan.indexOf("CTE wanted"));
      assertThat(scanned)
          .contains("Index Cond")
          .doesNotContain("Seq Scan")
          .contains("Subplans Removed: 7");
      assertThat(scanned).contains(condition.isEmpty() ? "_xid_id_idx" : "_session_id_xid_id_idx");
    }
  }

  /** Nine days, an event every thirty seconds. */
  private void days() throws Exception {
    for (int day = 1; day <= 9; day++) {
      sql.run(
          "CREATE TABLE event_day_%d PARTITION OF event FOR VALUES FROM ('2020-01-0%d') TO ('2020-01-%02d')"
              .formatted(day, day, day + 1));
    }
    sql.run(
        "INSERT INTO event (recorded_at, type, realm_id, session_id, at, data)"
            + " SELECT t, 'x', 1, gen_random_uuid(), t, '{}' FROM generate_series("
            + "timestamptz '2020-01-01', timestamptz '2020-01-09 23:59:59', interval '30 seconds') t");
    sql.run("ANALYZE event");
  }

  /** The plan that serves any parameters, as a connection uses it that has asked often. */
  private String plan(String statement, EventCursor cursor, boolean ofSession) throws Exception {
    sql.run("SET plan_cache_mode = force_generic_plan");
    sql.run(
        "PREPARE page_%b (text, bigint, bigint, bigint, integer, bigint[], text[], boolean, bigint, bigint, bigint%s) AS "
                .formatted(ofSession, ofSession ? ", uuid" : "")
            + statement);
    return String.join(
        "\n",
        sql.column(
            "EXPLAIN EXECUTE page_%b ('%d', %d, %d, 2000, NULL, NULL, NULL, false, 100, NULL, NULL%s)"
                .formatted(
                    ofSession,
                    cursor.xid(),
                    cursor.id(),
                    cursor.recordedAt() - 24 * 3600,
                    ofSession ? ", '" + UUID.randomUUID() + "'" : "")));
  }

  @Test
  void users_areFoundByEachOfTheirNames() throws Exception {
    TestPeople people = new TestPeople(sql).realm(1, "acme").realm(2, "other");
    UUID jdoe = people.user(1, 1, "jdoe");
    people.user(2, 1, "1");
    people.user(3, 2, "jdoe");

    assertThat(Await.result(store.users(1, jdoe.toString()))).containsExactly(1L);
    assertThat(Await.result(store.users(1, "1"))).containsExactly(1L);
    assertThat(Await.result(store.users(1, "JDoe"))).containsExactly(1L);
    assertThat(Await.result(store.users(null, "jdoe"))).isEqualTo(new HashSet<>(List.of(1L, 3L)));
    assertThat(Await.result(store.users(2, jdoe.toString()))).isEmpty();
    assertThat(Await.result(store.users(1, "99999999999999"))).isEmpty();
    assertThat(Await.result(store.users(1, "nobody"))).isEmpty();
  }

  private EventPage read(EventCursor after) {
    return Await.result(store.read(after, EventFilter.ALL, 1_000));
  }

  private static List<String> names(EventPage page) {
    return page.events().stream()
        .map(event -> new JsonObject(event.data()).getString("name"))
        .toList();
  }
}
