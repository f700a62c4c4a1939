package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.client.ApiClient;
import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event-bus bridge of the packaged program, with the clients that Vert.x publishes for it. */
@Tag("full")
class BridgeClientsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String EXPIRING = "dev.curfew.session.expiring";
  private static final String ENDED = "dev.curfew.session.ended";

  @TempDir Path directory;
  private final List<Script> scripts = new ArrayList<>();
  private RunningNode node;
  private ApiClient user;
  private String key;
  private String own;

  /** A client in a process of its own, and what it printed. */
  private record Script(String name, Process process, Path output) {
    List<JsonObject> lines() {
      try {
        return Files.readAllLines(output).stream()
            .filter(line -> line.startsWith("{"))
            .map(JsonObject::new)
            .toList();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    JsonObject await(String what, Predicate<JsonObject> wanted) {
      Await.until(
          () -> name + ": " + what + " in " + lines(),
          LIMIT,
          () -> lines().stream().anyMatch(wanted));
      return lines().stream().filter(wanted).findFirst().orElseThrow();
    }

    List<JsonObject> told(String type, String session) {
      return lines().stream()
          .filter(line -> line.containsKey("told"))
          .map(line -> line.getJsonObject("told"))
          .filter(event -> event.getString("type").equals(type))
          .filter(event -> event.getString("subject").equals("session/" + session))
          .toList();
    }

    void awaitTold(String type, String session) {
      Await.until(
          () -> name + ": " + type + " of " + session + " in " + lines(),
          LIMIT,
          () -> !told(type, session).isEmpty());
    }
  }

  @BeforeEach
  void start() throws Exception {
    node = new RunningNode(directory);
    JsonObject created =
        node.client().post("/api/v1/admin/users", new JsonObject().put("username", "jdoe"));
    own = "alerts.user." + created.getInteger("numericId");
    key =
        node.client()
            .post(
                "/api/v1/api-keys",
                new JsonObject()
                    .put("name", "browser")
                    .put("userId", "jdoe")
                    .put("scopes", new JsonArray().add("sessions:read").add("sessions:write")))
            .getString("plainTextKey");
    user = new ApiClient(node.url(), key);
  }

  @AfterEach
  void stop() throws Exception {
    for (Script script : scripts) {
      script.process().destroyForcibly();
    }
    node.close();
  }

  @Test
  void clients_areWarned_refusedWhatIsNotTheirs_andResumeAfterAKill() throws Exception {
    install();
    String url = node.url() + "/eventbus";
    for (String module : List.of("@vertx/eventbus-bridge-client.js", "vertx3-eventbus-client")) {
      run("sockjs.js", module, url, key, own, "alerts.user.1");
    }
    run("tcp.js", Integer.toString(node.bridgePort()), key, own, "alerts.user.1");
    for (Script script : scripts) {
      JsonObject refusal = script.await("refusal", line -> line.containsKey("refused"));
      assertThat(refusal.getString("refused")).isEqualTo("alerts.user.1");
      assertThat(refusal.getInteger("failureCode")).isEqualTo(403);
      assertThat(
              script
                  .await("no sending", line -> line.containsKey("unsendable"))
                  .getInteger("failureCode"))
          .isEqualTo(403);
      script.await("no publishing", line -> "access_denied".equals(line.getString("onerror")));
    }

    String warned = open(240);
    for (Script script : scripts) {
      script.awaitTold(EXPIRING, warned);
      assertThat(script.told(EXPIRING, warned).get(0).getJsonObject("data").getString("message"))
          .contains("4 minutes");
    }

    String over = open(5);
    for (Script script : scripts) {
      script.awaitTold(EXPIRING, over);
    }
    node.kill();
    for (Script script : scripts) {
      script.await("the loss", line -> line.containsKey("closed"));
    }
    node.start();
    for (Script script : scripts) {
      script.awaitTold(ENDED, over);
      assertThat(script.told(EXPIRING, warned)).as("nothing twice").hasSize(1);
      assertThat(script.told(EXPIRING, over)).hasSize(1);
      assertThat(script.told(ENDED, over)).hasSize(1);
    }
  }

  private String open(int seconds) {
    return user.post("/api/v1/sessions", new JsonObject().put("durationSeconds", seconds))
        .getString("id");
  }

  /** The clients as npm has them, under the build's own directory. */
  private static void install() throws Exception {
    Path to = Files.createDirectories(clients());
    for (String file : List.of("package.json", "sockjs.js", "tcp.js")) {
      Files.copy(
          Path.of("src/test/resources/bridge", file),
          to.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    Process npm =
        new ProcessBuilder("npm", "install", "--no-audit", "--no-fund", "--no-save")
            .directory(to.toFile())
            .redirectErrorStream(true)
            .redirectOutput(to.resolve("npm.txt").toFile())
            .start();
    assertThat(npm.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(npm.exitValue()).as(Files.readString(to.resolve("npm.txt"))).isZero();
  }

  private static Path clients() {
    return Path.of("target", "bridge-clients").toAbsolutePath();
  }

  private void run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("client-" + scripts.size() + ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(clients().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    scripts.add(new Script(arguments[0] + " " + arguments[1], process, output));
  }
}
