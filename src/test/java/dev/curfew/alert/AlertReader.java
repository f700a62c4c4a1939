package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Someone who follows events, over whichever channel. */
abstract class AlertReader {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final List<JsonObject> received = new CopyOnWriteArrayList<>();

  void received(JsonObject event) {
    received.add(event);
  }

  List<JsonObject> received() {
    return received;
  }

  /** The names that {@link dev.curfew.testing.TestLog} gave to what was received. */
  List<String> names() {
    return received.stream().map(event -> event.getJsonObject("data").getString("name")).toList();
  }

  String lastId() {
    return received.get(received.size() - 1).getString("id");
  }

  void awaitNames(String... names) {
    Await.until(() -> "received " + names(), LIMIT, () -> names().size() >= names.length);
    assertThat(names()).containsExactly(names);
  }

  /** Takes nothing more off the connection. */
  abstract void pause();

  abstract void resume();

  abstract boolean isClosed();

  /** Why the node ended the connection, in its own words; null where it did not say. */
  abstract String reason();

  /** Waits until the node has ended the connection. */
  void awaitEnd() {
    Await.until("closed", this::isClosed);
  }
}
