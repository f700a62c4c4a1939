package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that watch, against the packaged program. */
class WatchingIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** How long a session that shows whether the commands are connected has to be told of. */
  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  @TempDir Path directory;
  private final List<Process> commands = new ArrayList<>();
  private final List<String> probes = new ArrayList<>();
  private long probedAt = System.nanoTime() - PROBE_NANOS;
  private RunningNode node;

  @BeforeEach
  void start() throws Exception {
    node = new RunningNode(directory);
  }

  @AfterEach
  void stop() throws Exception {
    for (Process command : commands) {
      command.destroy();
      command.waitFor(20, TimeUnit.SECONDS);
    }
    node.close();
  }

  /** Starts a command; where its output goes. */
  private Path watch(String name, String... arguments) throws IOException {
    Path place = Files.createDirectories(directory.resolve(name));
    commands.add(CurfewJar.start(place, node.environment(), arguments));
    return place.resolve("curfew.txt");
  }

  private static void awaitIn(Path output, String... texts) {
    Await.until(
        () -> List.of(texts) + " in " + text(output),
        LIMIT,
        () -> List.of(texts).stream().allMatch(text(output)::contains));
  }

  private static String text(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String open(int seconds) {
    return node.client()
        .post("/api/v1/sessions", new JsonObject().put("durationSeconds", seconds))
        .getString("id");
  }

  @Test
  void tailAndWatch_tellWhatHappens_andGoOnAfterAKill() throws Exception {
    String first = open(3_600);
    Path tail =
        watch("tail", "events", "tail", "-o", "json", "--types", "session.expiring,session.ended");
    Path watch = watch("watch", "sessions", "watch");
    awaitIn(watch, first, "0:5");
    // Each says that it is connected by telling of something.
    Await.until(
        () -> "both told, " + text(tail) + text(watch),
        LIMIT,
        () -> {
          if (System.nanoTime() - probedAt > PROBE_NANOS) {
            probes.add(open(200));
            probedAt = System.nanoTime();
          }
          return probes.stream()
              .anyMatch(probe -> text(tail).contains(probe) && text(watch).contains(probe));
        });

    String over = open(5);
    awaitIn(tail, over);
    awaitIn(watch, over + "  user 1    5 s left");
    node.kill();
    awaitIn(tail, "trying again");
    node.start();

    awaitIn(tail, "connected again, going on after ");
    awaitIn(watch, "connected again, going on after ");
    Await.until(() -> "the end in " + text(tail), LIMIT, () -> ended(tail, over) == 1);
    awaitIn(watch, "session.ended         " + over);
    assertThat(text(watch)).doesNotContain("\u001b");
  }

  private static long ended(Path tail, String session) {
    return text(tail)
        .lines()
        .filter(line -> line.startsWith("{") && line.endsWith("}"))
        .map(JsonObject::new)
        .filter(event -> event.getString("type").equals("dev.curfew.session.ended"))
        .filter(event -> event.getString("subject").equals("session/" + session))
        .count();
  }

  @Test
  void refusal_endsTheCommandWithOneLine() throws Exception {
    Map<String, String> stranger = Map.of("CURFEW_CLIENT_URL", node.url());
    CurfewJar.Run tail = CurfewJar.run(directory, stranger, "events", "tail", "--key", "not-a-key");
    CurfewJar.Run badCursor =
        CurfewJar.run(directory, node.environment(), "events", "tail", "--after", "17");
    CurfewJar.Run watch =
        CurfewJar.run(directory, stranger, "sessions", "watch", "--key", "not-a-key");

    assertThat(tail.exitCode()).isEqualTo(1);
    assertThat(tail.output()).contains("401").doesNotContain("\tat ");
    assertThat(badCursor.exitCode()).isEqualTo(1);
    assertThat(badCursor.output()).contains("400").doesNotContain("\tat ");
    assertThat(watch.exitCode()).isEqualTo(1);
    assertThat(watch.output()).contains("401").doesNotContain("\tat ");
  }
}
