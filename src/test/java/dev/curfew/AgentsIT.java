package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notifications of policy agents while the packaged program is killed. */
class AgentsIT {
  private static final String PASSWORD = "Ch4ng31t, please";
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @TempDir Path directory;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AtomicBoolean silent = new AtomicBoolean();
  private final CountDownLatch called = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private HttpServer agent;
  private JarNode node;

  @BeforeEach
  void start() throws Exception {
    agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.setExecutor(Executors.newCachedThreadPool());
    agent.createContext(
        "/notify",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (silent.get()) {
            called.countDown();
            awaitRelease();
          } else {
            told.add(body);
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    agent.start();
    node = JarNode.start(directory, Map.of("CURFEW_BOOTSTRAP_ADMIN_PASSWORD", PASSWORD));
  }

  private void awaitRelease() throws IOException {
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @AfterEach
  void stop() throws Exception {
    released.countDown();
    node.close();
    agent.stop(0);
  }

  private String login() throws Exception {
    HttpRequest request =
        node.request("/json/authenticate")
            .header("X-OpenAM-Username", "admin")
            .header("X-OpenAM-Password", PASSWORD)
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    return new JsonObject(node.send(request).body()).getString("tokenId");
  }

  private void listen(String token) throws Exception {
    String requester =
        Base64.getEncoder().encodeToString(("token:" + token).getBytes(StandardCharsets.UTF_8));
    String xml =
        """
        <?xml version="1.0" encoding="UTF-8"?>\
        <RequestSet vers="1.0" svcid="Session" reqid="0"><Request>\
        <![CDATA[<SessionRequest vers="1.0" reqid="1" requester="%s"><AddSessionListener>\
        <URL>http://127.0.0.1:%d/notify</URL><SessionID>%s</SessionID></AddSessionListener>\
        </SessionRequest>]]></Request></RequestSet>"""
            .formatted(requester, agent.getAddress().getPort(), token);
    HttpRequest request =
        node.request("/sessionservice")
            .header("Content-Type", "text/xml")
            .POST(HttpRequest.BodyPublishers.ofString(xml))
            .build();
    assertThat(node.send(request).body()).contains("<OK></OK>");
  }

  private void logout(String token) throws Exception {
    HttpRequest request =
        node.request("/json/sessions/?_action=logout")
            .header("Accept-API-Version", "resource=3")
            .header("iPlanetDirectoryPro", token)
            .POST(HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertThat(node.send(request).statusCode()).isEqualTo(200);
  }

  private long toldOf(String token) {
    return told.stream()
        .filter(xml -> xml.contains("sid=\"" + token + "\"") && xml.contains("state=\"destroyed\""))
        .count();
  }

  @Test
  void notification_isDeliveredThoughTheNodeIsKilledInTheMiddle() throws Exception {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String token = login();
      listen(token);
      tokens.add(token);
    }
    silent.set(true);
    for (String token : tokens) {
      logout(token);
    }
    assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();

    node.kill();
    released.countDown();
    silent.set(false);
    node.startAgain();

    Await.until(
        "each is told of", LIMIT, () -> tokens.stream().allMatch(token -> toldOf(token) >= 1));
  }
}
