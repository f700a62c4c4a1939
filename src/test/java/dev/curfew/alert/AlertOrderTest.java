package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventWindow;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many write at once, and commit in any order, while readers come and go. */
class AlertOrderTest {
  private static final String STARTED = "dev.curfew.session.started";
  private static final int WRITERS = 3;
  private static final Principal ADMIN = AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ);

  private final AlertNode.Keys keys = new AlertNode.Keys();
  private final AlertClient.Factory clients = new AlertClient.Factory();
  private final String admin = keys.add(ADMIN);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicBoolean writing = new AtomicBoolean(true);
  private final AtomicInteger committed = new AtomicInteger();

  /** Held by the one writer that keeps its transaction open while others commit. */
  private final Semaphore holding = new Semaphore(1);

  private AlertNode node;
  private DirectSql sql;

  @BeforeEach
  void open() throws Exception {
    node = new AlertNode(TestStore.open(), keys, AlertHub.Options.DEFAULT);
    sql = DirectSql.open(node.endpoint());
    new TestPeople(sql).realm(1, "root").user(1, 1, "user1");
  }

  @AfterEach
  void close() throws Exception {
    writing.set(false);
    threads.shutdownNow();
    clients.close();
    sql.close();
    node.close();
  }

  @ParameterizedTest
  @EnumSource
  void readers_getEveryEventOnceInOneOrder(AlertChannel channel) throws Exception {
    List<Future<?>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(threads.submit(() -> write(writer)));
    }
    Random random = new Random(5);
    AlertReader whole = channel.connect(clients, node, admin, "?after=" + EventCursor.START.text());
    Map<AlertReader, EventCursor> resumed = new HashMap<>();
    Map<AlertReader, EventCursor> filtered = new HashMap<>();
    for (int i = 0; i < 25; i++) {
      int enough = committed.get() + 20;
      Await.until("more is written", () -> committed.get() > enough);
      Await.until("some is read", () -> !whole.received().isEmpty());
      List<JsonObject> seen = whole.received();
      EventCursor from =
          EventCursor.parse("after", seen.get(random.nextInt(seen.size())).getString("id"));
      resumed.put(channel.connect(clients, node, admin, "?after=" + from.text()), from);
      filtered.put(channel.connect(clients, node, admin, "?user=1&after=" + from.text()), from);
    }
    List<AlertReader> late = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      late.add(channel.connect(clients, node, admin, ""));
    }
    writing.set(false);
    for (Future<?> writer : writers) {
      writer.get();
    }

    List<String> truth = sql.column("SELECT data->>'name' FROM event ORDER BY xid, id");
    assertThat(truth).hasSize(committed.get());
    Await.until("all is read", () -> whole.received().size() >= truth.size());
    assertThat(whole.names()).isEqualTo(truth);
    resumed.forEach((client, from) -> assertReads(client, after(from, "")));
    filtered.forEach((client, from) -> assertReads(client, after(from, " AND user_id = 1")));
    for (AlertReader client : late) {
      List<String> names = client.names();
      assertThat(names).isEqualTo(truth.subList(truth.size() - names.size(), truth.size()));
    }
    assertThat(polled()).isEqualTo(truth);
  }

  private void assertReads(AlertReader client, List<String> expected) {
    Await.until("all is read", () -> client.received().size() >= expected.size());
    assertThat(client.names()).isEqualTo(expected);
  }

  private List<String> after(EventCursor from, String condition) {
    try {
      return sql.column(
          "SELECT data->>'name' FROM event WHERE (xid, id) > (?::text::xid8, ?)"
              + condition
              + " ORDER BY xid, id",
          Long.toString(from.xid()),
          from.id());
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> polled() {
    List<String> names = new ArrayList<>();
    EventCursor after = null;
    while (true) {
      EventFeed.Page page =
          Await.result(
              node.feed()
                  .poll(
                      ADMIN, new EventQuery(after, null, null, null, null, EventWindow.ALL), 100));
      if (page.items().isEmpty()) {
        assertThat(page.next()).isEqualTo(after);
        return names;
      }
      page.items().forEach(event -> names.add(new JsonObject(event.data()).getString("name")));
      after = page.next();
    }
  }

  /** Several events a transaction, some transactions long or held open, some rolled back. */
  private Void write(int writer) throws Exception {
    Random random = new Random(writer);
    int next = 0;
    try (DirectSql own = DirectSql.open(node.endpoint())) {
      TestLog log = new TestLog(own);
      while (writing.get()) {
        own.begin();
        int count = 1 + random.nextInt(3);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          names.add(writer + "-" + next++);
        }
        for (String name : names) {
          log.write(STARTED, 1, new UUID(0, writer), (long) (writer % 2), name);
          if (random.nextInt(10) == 0) {
            own.value("SELECT pg_sleep(0.01)::text");
          }
        }
        if (random.nextInt(10) == 0 && holding.tryAcquire()) {
          // Others commit meanwhile, and nobody may be told of theirs before this one is over.
          int enough = committed.get() + 15;
          Await.until("others commit", () -> committed.get() > enough || !writing.get());
          holding.release();
        }
        if (random.nextInt(10) == 0) {
          own.rollback();
        } else {
          own.commit();
          committed.addAndGet(count);
          if (random.nextInt(4) > 0) {
            node.nudge();
          }
        }
      }
    }
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void sessions_keepTheirOrder(AlertChannel channel) throws Exception {
    AlertReader live = channel.connect(clients, node, admin, "");
    List<Future<?>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      writers.add(threads.submit(() -> write(writer)));
    }
    Await.until("enough", () -> committed.get() > 300);
    writing.set(false);
    for (Future<?> writer : writers) {
      writer.get();
    }
    Await.until("all is read", () -> live.received().size() >= committed.get());

    Map<String, Integer> last = new HashMap<>();
    for (JsonObject event : live.received()) {
      String[] name = event.getJsonObject("data").getString("name").split("-");
      int number = Integer.parseInt(name[1]);
      Integer before = last.put(event.getString("subject"), number);
      assertThat(number).isGreaterThan(before == null ? -1 : before);
    }
    assertThat(last).hasSize(WRITERS);
  }

  @ParameterizedTest
  @EnumSource
  void nudgesWithoutNumber_tellEverythingOnce(AlertChannel channel) throws Exception {
    AlertReader live = channel.connect(clients, node, admin, "");
    TestLog log = new TestLog(sql);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      names.add("e" + i);
      log.write("e" + i);
      for (int j = 0; j < 200; j++) {
        node.nudge();
      }
    }

    live.awaitNames(names.toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource
  void burst_reachesManyReaders(AlertChannel channel) throws Exception {
    int readers = 50;
    int events = 3_000;
    List<AlertReader> all = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      all.add(channel.connect(clients, node, admin, ""));
    }
    sql.run(
        "INSERT INTO event (type, realm_id, session_id, user_id, at, data)"
            + " SELECT ?, 1, gen_random_uuid(), 1, clock_timestamp(), jsonb_build_object('name', i::text)"
            + " FROM generate_series(1, ?) i ORDER BY i",
        STARTED,
        events);
    node.nudge();

    Await.until(
        "all told",
        Duration.ofSeconds(60),
        () -> all.stream().allMatch(client -> client.received().size() == events));
    List<String> names = all.get(0).names();
    assertThat(Set.copyOf(names)).hasSize(events);
    assertThat(all.get(readers - 1).names()).isEqualTo(names);
  }
}
