package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.RecordingRow;
import dev.curfew.terminal.ParsedCast;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the encoder of a node makes of what lies in its database and its store. */
class EncoderWorkerTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static RecordingRow encoded(RecordingNode node, UUID id) throws Exception {
    node.end(id);
    node.deployEncoder();
    Await.until(
        () -> "encoded, it is " + Await.result(node.recordings.find(id)),
        LONG,
        () -> node.sessions.stage(id) == RecordingStage.DONE_ENCODED);
    return Await.result(node.recordings.find(id));
  }

  private static String artefact(RecordingNode node, UUID id, ArtefactKind kind) {
    return new String(
        node.bytes(Await.result(node.recordings.artefact(id, kind))), StandardCharsets.UTF_8);
  }

  private static Buffer picture(Color color) {
    return Buffer.buffer(RecordingFixture.picture(64, 48, color, "png"));
  }

  @Test
  void manifestOfManyPages_isGoneThroughInOrderOfCapture() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      long start = System.currentTimeMillis();
      UUID id = node.sessions.live(start, start + 3_600_000);
      List<Future<Capture>> stored = new ArrayList<>();
      for (int i = 0; i < 2_500; i++) {
        // Pairs arrive the wrong way round.
        int at = i ^ 1;
        stored.add(
            node.recordings.captureText(
                id, ChunkKind.KEYSTROKES, "k" + at + ";", start + 100 + at));
        if (stored.size() == 100) {
          Await.result(Future.all(stored));
          stored.clear();
        }
      }
      String large = "x".repeat(1 << 20);
      for (int i = 0; i < 6; i++) {
        stored.add(
            node.recordings.captureText(id, ChunkKind.CLIPBOARD, i + large, start + 500 - i));
      }
      Await.result(Future.all(stored));

      encoded(node, id);

      JsonObject timeline = new JsonObject(artefact(node, id, ArtefactKind.TIMELINE));
      StringBuilder keys = new StringBuilder();
      timeline
          .getJsonArray("keystrokes")
          .forEach(key -> keys.append(((JsonObject) key).getString("text")));
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 2_500; i++) {
        expected.append("k").append(i).append(";");
      }
      assertThat(keys.toString()).isEqualTo(expected.toString());
      assertThat(timeline.getJsonObject("totals").getInteger("keystrokes")).isEqualTo(2_500);
      assertThat(timeline.getJsonArray("clipboard"))
          .extracting(copy -> ((JsonObject) copy).getString("text").charAt(0))
          .containsExactly('5', '4', '3', '2', '1', '0');
    }
  }

  @Test
  void terminalSession_isAnAsciicast() throws Exception {
    try (RecordingNode node = new RecordingNode(folder, Settings.USUAL.withoutVideo())) {
      long start = System.currentTimeMillis() / 1_000 * 1_000;
      UUID id = node.sessions.live(start, start + 3_600_000);
      Await.result(node.recordings.captureScreenshot(id, picture(Color.RED), start + 1));
      Await.result(node.recordings.captureText(id, ChunkKind.KEYSTROKES, "w", start + 900));
      Await.result(node.recordings.captureRaw(id, Buffer.buffer("$ w\r\n"), 0L, start + 1_000));
      Await.result(node.recordings.captureRaw(id, Buffer.buffer("root"), 5L, start + 2_500));

      RecordingRow recording = encoded(node, id);

      assertThat(recording.artefacts())
          .extracting(ArtefactRow::kind)
          .as("no video: that is switched off")
          .containsExactly(
              ArtefactKind.CAPTIONS,
              ArtefactKind.TIMELINE,
              ArtefactKind.ASCIICAST,
              ArtefactKind.RAW);
      ParsedCast cast = ParsedCast.of(artefact(node, id, ArtefactKind.ASCIICAST));
      assertThat(cast.header().getLong("timestamp")).isEqualTo(start / 1_000);
      assertThat(cast.events())
          .containsExactly(
              new ParsedCast.Event(900_000, "i", "w"),
              new ParsedCast.Event(1_000_000, "o", "$ w\r\n"),
              new ParsedCast.Event(2_500_000, "o", "root"));
      assertThat(artefact(node, id, ArtefactKind.RAW)).isEqualTo("$ w\r\nroot");
    }
  }

  @Test
  void framesThatWereLost_areCountedInTheEvent() throws Exception {
    try (RecordingNode node = new RecordingNode(folder)) {
      long start = System.currentTimeMillis();
      UUID id = node.sessions.live(start, start + 3_600_000);
      for (int i = 0; i < 4; i++) {
        Await.result(node.recordings.captureScreenshot(id, picture(new Color(i)), start + i));
      }
      for (ChunkKey key : node.around.chunks.list(id).subList(1, 3)) {
        node.raw.delete(
            "%s/%012d-%s.png".formatted(ChunkStore.folder(id), key.sequence(), key.sha256().hex()));
      }

      encoded(node, id);

      assertThat(
              node.sql.number(
                  "SELECT (data->>'skipped')::int FROM event"
                      + " WHERE type = 'dev.curfew.recording.encoded' AND session_id = ?",
                  id))
          .isEqualTo(2);
      JsonObject timeline = new JsonObject(artefact(node, id, ArtefactKind.TIMELINE));
      assertThat(timeline.getJsonObject("totals").getInteger("frames")).isEqualTo(2);
      assertThat(timeline.getJsonArray("skipped").getJsonObject(0).getString("reason"))
          .isEqualTo("is missing from the store");
    }
  }
}
