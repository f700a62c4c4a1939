package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.bus.CredentialsChanged;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.RecordingReady;
import dev.curfew.bus.Route;
import dev.curfew.bus.Routes;
import dev.curfew.testing.Await;
import dev.curfew.testing.BridgeClient;
import dev.curfew.testing.BridgeClient.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Field;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The node's own event bus cannot be reached over the bridge, whatever the credential. */
class BridgeIsolationTest {
  private static final List<Object> MESSAGES =
      List.of(
          EventsCommitted.INSTANCE,
          RecordingReady.INSTANCE,
          CredentialsChanged.INSTANCE,
          Buffer.buffer("nothing that a client may have"));

  @Test
  void addressesOfTheNode_canNeitherBeHeardNorSpokenTo() throws Exception {
    try (TestNode node = TestNode.start()) {
      Set<String> addresses = addressesInUse(node.eventBus());
      Routes.all().stream().map(Route::address).forEach(addresses::add);
      assertThat(addresses).hasSizeGreaterThanOrEqualTo(Routes.all().size());
      // What would be reachable, were a client's registration one of the bus.
      Stream.of("alerts.user.1", "alerts.realm.root", "private.witness").forEach(addresses::add);
      List<String> heard = new CopyOnWriteArrayList<>();
      for (String address : addresses) {
        node.eventBus().localConsumer(address, message -> listen(heard, message));
      }

      for (Kind kind : Kind.values()) {
        Await.until("the one before is gone", () -> metric(node, "curfew_bridge_connections") == 0);
        try (BridgeClient client =
            BridgeClient.connect(
                kind,
                node.bridge(),
                kind == Kind.TCP ? Map.of() : Map.of("X-API-Key", node.adminKey()))) {
          for (String address : addresses) {
            attempt(node, client, address);
          }
          assertThat(client.isClosed()).isFalse();
          assertThat(metric(node, "curfew_bridge_connections")).isEqualTo(1);
          assertThat(metric(node, "curfew_bridge_registrations"))
              .as("of the addresses that are the bridge's own")
              .isEqualTo(2);
          assertThat(client.received()).as("nothing but refusals").allMatch(this::isRefusal);
        }
      }
      assertThat(heard).isEmpty();
      assertThat(addressesInUse(node.eventBus())).as("nothing was added").isSubsetOf(addresses);
    }
  }

  private void attempt(TestNode node, BridgeClient client, String address) {
    client.register(address, node.adminKey());
    JsonObject headers = new JsonObject().put("X-API-Key", node.adminKey());
    for (String type : List.of("send", "publish")) {
      int before = refusals(client, address);
      client.say(
          BridgeClient.frame(type, address)
              .put("headers", headers)
              .put("body", new JsonObject().put("from", "outside")));
      client.await(type + " refused", frame -> refusals(client, address) > before);
    }
    for (Object message : MESSAGES) {
      node.eventBus().publish(address, message, options(message));
    }
    client.awaitObeyed();
  }

  private static DeliveryOptions options(Object message) {
    DeliveryOptions options = new DeliveryOptions();
    Routes.all().stream()
        .filter(route -> route.type().isInstance(message))
        .findFirst()
        .ifPresent(route -> options.setCodecName(route.address()));
    return options;
  }

  /** How many frames say that nothing can be sent to an address. */
  private static int refusals(BridgeClient client, String address) {
    return (int)
        client.received().stream()
            .filter(frame -> address.equals(frame.getString("sourceAddress")))
            .filter(frame -> frame.getInteger("failureCode") == 403)
            .count();
  }

  private boolean isRefusal(JsonObject frame) {
    return "err".equals(frame.getString("type"));
  }

  private static void listen(List<String> heard, Message<Object> message) {
    if (!MESSAGES.contains(message.body())) {
      heard.add(message.address() + ": " + message.body());
    }
  }

  private static double metric(TestNode node, String name) throws Exception {
    String all =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(node.url() + "/metrics"))
                    .header("X-API-Key", node.adminKey())
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return all.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + all));
  }

  /** By the bus's own table, since it tells nobody. */
  private static Set<String> addressesInUse(EventBus bus) throws ReflectiveOperationException {
    List<Field> tables = new ArrayList<>();
    for (Class<?> type = bus.getClass(); type != null; type = type.getSuperclass()) {
      Stream.of(type.getDeclaredFields())
          .filter(field -> field.getName().equals("handlerMap"))
          .forEach(tables::add);
    }
    assertThat(tables).as("the bus's table of handlers").hasSize(1);
    tables.get(0).setAccessible(true);
    Set<String> addresses = new TreeSet<>();
    ((Map<?, ?>) tables.get(0).get(bus)).keySet().forEach(key -> addresses.add((String) key));
    return addresses;
  }
}
