package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.multimap.MultiMap;
import dev.curfew.testing.Await;
import dev.curfew.testing.BridgeClient;
import dev.curfew.testing.BridgeClient.Kind;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What a node of a cluster registers for all to know: so and so many addresses of its own, however
 * many sessions there are and however many watch them. Each would be a write to every member.
 */
class BusAddressesTest {
  private static final int SESSIONS = 50;
  private static final int CLIENTS = 12;

  private final HttpClient client = HttpClient.newHttpClient();

  private static TestNode clustered() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    return TestNode.start(
        Map.of(
            "cluster.enabled",
            "true",
            "cluster.name",
            "addresses-" + port,
            "cluster.port",
            Integer.toString(port),
            "secrets.key",
            Base64.getEncoder().encodeToString(new byte[32]),
            // That of the tests is put in its place.
            "database.url",
            "postgresql://127.0.0.1/curfew"));
  }

  private static Set<String> registrations() {
    HazelcastInstance only = Hazelcast.getAllHazelcastInstances().iterator().next();
    MultiMap<String, Object> registry = only.getMultiMap("__vertx.subs");
    Set<String> all = new TreeSet<>();
    registry.entrySet().forEach(entry -> all.add(entry.getKey() + " at " + entry.getValue()));
    return all;
  }

  private void startSession(TestNode node) throws Exception {
    JsonObject wanted =
        new JsonObject().put("kind", "access").put("userId", "admin").put("durationSeconds", 600);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.url() + "/api/v1/admin/sessions"))
            .header("X-API-Key", node.adminKey())
            .POST(HttpRequest.BodyPublishers.ofString(wanted.encode()))
            .build();
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  @Test
  void registry_doesNotGrowWithSessionsAndThoseWhoWatchThem() throws Exception {
    List<BridgeClient> clients = new ArrayList<>();
    try (TestNode node = clustered()) {
      Set<String> before = registrations();
      assertThat(before).isNotEmpty();

      for (int i = 0; i < SESSIONS; i++) {
        startSession(node);
      }
      for (int i = 0; i < CLIENTS; i++) {
        Kind kind = Kind.values()[i % Kind.values().length];
        BridgeClient client =
            BridgeClient.connect(
                kind,
                node.bridge(),
                kind == Kind.TCP ? Map.of() : Map.of("X-API-Key", node.adminKey()));
        clients.add(client);
        client.register("alerts.realm.root", node.adminKey());
        client.register("alerts.user.1", node.adminKey());
        client.awaitObeyed();
      }
      startSession(node);
      for (BridgeClient client : clients) {
        Await.until(
            "events for all who watch", () -> !client.messages("alerts.realm.root").isEmpty());
      }

      assertThat(registrations()).isEqualTo(before);
    } finally {
      clients.forEach(BridgeClient::close);
    }
  }
}
