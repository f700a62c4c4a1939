package dev.curfew.alert;

import dev.curfew.bus.Bus;
import dev.curfew.store.EventStore;
import dev.curfew.store.LoggedEvent;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class AlertHubTest {

  /** Also without a notice, and while nobody is connected. */
  @Test
  void watcher_isToldOfWhatAnyNodeCommits() throws Exception {
    TestStore store = TestStore.open();
    List<LoggedEvent> seen = new CopyOnWriteArrayList<>();
    AlertHub hub =
        new AlertHub(
            new EventStore(store.database()),
            new Bus(store.vertx()),
            System::currentTimeMillis,
            AlertHub.Options.DEFAULT);
    hub.watch(seen::addAll);
    Await.result(store.vertx().deployVerticle(hub));
    try (DirectSql anotherNode = DirectSql.open(store.endpoint())) {
      new TestLog(anotherNode).write("a", "b");
      Await.until("both are seen", () -> seen.size() == 2);
    } finally {
      store.close();
    }
  }
}
