package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.RecordingNode.Settings;
import dev.curfew.session.Initiator;
import dev.curfew.session.RecordingRetention;
import dev.curfew.store.CustodyStore;
import dev.curfew.store.Deletion;
import dev.curfew.store.LegalHold;
import dev.curfew.store.RecordingRow;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept, what is deleted, and what remains of it. */
class CustodyTest {
  private static final Initiator ADMIN = new Initiator(Initiator.Kind.ADMIN, 1, "admin");
  private static final String TEXT = "correct horse battery staple";

  @TempDir Path folder;
  private RecordingNode node;

  @BeforeEach
  void start() throws Exception {
    node = new RecordingNode(folder, Settings.USUAL.withoutVideo().retention(Duration.ofDays(30)));
    node.sql.run(
        """
        INSERT INTO realm (id, name, tier) OVERRIDING SYSTEM VALUE VALUES (1, 'root', 'enterprise')
        ON CONFLICT DO NOTHING
        """);
    node.sql.run(
        """
        INSERT INTO policy (id, realm_id, name, max_idle_ms, stale_after_ms,
          approval_required, approval_max_duration_ms)
        OVERRIDING SYSTEM VALUE
        VALUES (1, 1, 'first', 0, 300000, false, 1), (2, 1, 'second', 0, 300000, false, 1)
        """);
    node.deployEncoder();
    node.deployUploader();
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private UUID uploaded() throws SQLException {
    UUID id = node.sessions.live();
    Await.result(node.recordings.captureText(id, ChunkKind.KEYSTROKES, TEXT, null));
    Await.result(node.recordings.captureRaw(id, Buffer.buffer(new byte[4_000]), null, null));
    node.end(id);
    Await.until(
        "it is at its destination", () -> node.sessions.stage(id) == RecordingStage.DONE_UPLOADED);
    Await.until(
        "what was staged is gone",
        () -> node.files("raw").stream().noneMatch(name -> name.contains("artefacts")));
    return id;
  }

  private RecordingRow find(UUID id) {
    return Await.result(node.recordings.find(id));
  }

  private static CurfewException refused(Future<?> call, ErrorCode code) {
    CurfewException refusal = (CurfewException) Await.failure(call);
    assertThat(refusal.code()).isEqualTo(code);
    return refusal;
  }

  private List<String> everything() throws Exception {
    return List.of(node.files("stored").toString(), node.files("raw").toString());
  }

  private void assertTombstone(UUID id) throws Exception {
    assertThat(node.files("stored")).isEmpty();
    assertThat(node.files("raw")).isEmpty();
    RecordingRow recording = find(id);
    Deletion deletion = Objects.requireNonNull(recording.deletion());
    assertThat(deletion.deletedAt()).isPositive();
    assertThat(recording.artefacts()).isEmpty();
    assertThat(recording.chunkCount()).isEqualTo(2);
    assertThat(Await.result(node.recordings.chunks(id, null, 0, 10)))
        .hasSize(2)
        .allSatisfy(
            line -> {
              assertThat(line.content()).isNull();
              assertThat(line.extension()).isNull();
              assertThat(line.sha256()).hasSize(32);
            });
    assertThat(node.verify(id).bad())
        .as("the manifest that remains is still that of the recording")
        .isNull();
    refused(node.recordings.chunk(id, 1), ErrorCode.NOT_FOUND);
    assertThat(refused(node.recordings.artefact(id, ArtefactKind.RAW), ErrorCode.NOT_FOUND))
        .hasMessageContaining("was deleted on")
        .hasMessageContaining(deletion.by().name())
        .hasMessageContaining(deletion.reason());
    assertThat(node.sessions.events(id)).containsOnlyOnce("deleted");
    assertThat(node.sql.value("SELECT count(*) FROM chunk WHERE content IS NOT NULL"))
        .isEqualTo("0");
  }

  private JsonObject event(UUID id, String type) throws SQLException {
    return new JsonObject(
        node.sql.value(
            "SELECT data FROM event WHERE session_id = ? AND type = ?",
            id,
            "dev.curfew.recording." + type));
  }

  @Test
  void deletedRecording_leavesItsRowAndManifestOnly() throws Exception {
    UUID id = uploaded();
    RecordingRow before = find(id);
    assertThat(Await.result(node.recordings.delete(id, ADMIN, "asked for"))).isTrue();

    assertTombstone(id);
    JsonObject told = event(id, "deleted");
    assertThat(told.getString("reason")).isEqualTo("asked for");
    assertThat(told.getJsonObject("by").getString("name")).isEqualTo("admin");
    assertThat(told.getString("destination")).isEqualTo(before.destination());
    assertThat(told.getInteger("count")).isEqualTo(2 + before.artefacts().size());
    assertThat(told.getLong("bytes"))
        .isEqualTo(
            4_000
                + TEXT.length()
                + before.artefacts().stream().mapToLong(artefact -> artefact.size()).sum());

    assertThat(Await.result(node.recordings.delete(id, ADMIN, "again"))).isTrue();
    assertThat(event(id, "deleted").getString("reason")).isEqualTo("asked for");
    refused(node.recordings.hold(id, ADMIN, "too late"), ErrorCode.WRONG_STATE);
    refused(node.recordings.retry(id, ADMIN), ErrorCode.WRONG_STATE);
  }

  @Test
  void heldRecording_isDeletedByNobody() throws Exception {
    UUID id = uploaded();
    List<String> before = everything();
    Await.result(node.recordings.hold(id, ADMIN, "case 17"));
    LegalHold hold = Objects.requireNonNull(find(id).hold());
    assertThat(hold.reason()).isEqualTo("case 17");
    assertThat(hold.by()).isEqualTo(ADMIN);

    assertThat(refused(node.recordings.delete(id, ADMIN, "x"), ErrorCode.WRONG_STATE))
        .hasMessageContaining("legal hold")
        .hasMessageContaining("case 17");
    assertThat(refused(node.recordings.hold(id, ADMIN, "x"), ErrorCode.WRONG_STATE))
        .hasMessageContaining("case 17");
    retention("policy", 1, 1L);
    Await.result(node.recordings.retire());
    assertThat(Await.result(node.around.custody.toClear(Duration.ZERO, 10))).isEmpty();
    assertThat(Await.result(node.around.custody.clearing(id))).isFalse();
    assertThat(everything()).isEqualTo(before);

    Await.result(node.recordings.release(id, ADMIN, "case 17 is closed"));
    refused(node.recordings.release(id, ADMIN, "x"), ErrorCode.WRONG_STATE);
    Await.result(node.recordings.retire());
    assertTombstone(id);
    assertThat(node.sessions.events(id)).endsWith("held", "released", "deleted");
    assertThat(event(id, "held").getString("reason")).isEqualTo("case 17");
    assertThat(event(id, "released").getString("reason")).isEqualTo("case 17 is closed");
    assertThat(event(id, "deleted").getJsonObject("by").getString("kind")).isEqualTo("policy");
  }

  @Test
  void chunksThatAreBeingRemoved_areWaitedForByAHold() throws Exception {
    UUID id = uploaded();
    assertThat(Await.result(node.around.custody.clearing(id))).isTrue();
    refused(node.recordings.hold(id, ADMIN, "case 17"), ErrorCode.UNAVAILABLE);
    Await.result(node.around.custody.notCleared(id));
    Await.result(node.recordings.hold(id, ADMIN, "case 17"));
    Await.result(node.around.custody.cleared(id));
    assertThat(node.sql.number("SELECT count(*) FROM chunk WHERE content IS NOT NULL"))
        .isEqualTo(1);
  }

  @Test
  void recordingThatIsNotAtItsEnd_isNotDeleted() throws Exception {
    UUID id = node.sessions.live();
    assertThat(refused(node.recordings.delete(id, ADMIN, "x"), ErrorCode.WRONG_STATE))
        .hasMessageContaining("it is Connected");
    Await.result(node.recordings.hold(id, ADMIN, "from the first minute on"));
    refused(node.recordings.delete(UUID.randomUUID(), ADMIN, "x"), ErrorCode.NOT_FOUND);
    refused(node.recordings.hold(UUID.randomUUID(), ADMIN, "x"), ErrorCode.NOT_FOUND);
  }

  @Test
  void storeThatIsAway_isTriedAgainUntilNothingIsLeft() throws Exception {
    UUID id = uploaded();
    for (var store : List.of(node.destination, node.raw)) {
      store.away = true;
      assertThat(Await.result(node.recordings.delete(id, ADMIN, "asked for"))).isFalse();
      assertThat(Objects.requireNonNull(find(id).deletion()).deletedAt()).isZero();
      assertThat(node.sessions.events(id)).doesNotContain("deleted");
      refused(node.recordings.retire(), ErrorCode.STORAGE_UNAVAILABLE);
      assertThat(node.sessions.events(id)).doesNotContain("deleted");
      assertThat(node.sql.number("SELECT count(*) FROM chunk WHERE content IS NOT NULL"))
          .as("nothing is said to be gone that may be there")
          .isEqualTo(1);
      store.away = false;
    }
    refused(node.recordings.artefact(id, ArtefactKind.RAW), ErrorCode.NOT_FOUND);
    refused(node.recordings.hold(id, ADMIN, "too late"), ErrorCode.WRONG_STATE);
    Await.result(node.recordings.retire());
    assertTombstone(id);
  }

  @Test
  void crashBetweenObjectsAndRow_isRepeatedHarmlessly() throws Exception {
    UUID id = uploaded();
    Await.result(node.around.custody.decide(id, ADMIN, "asked for"));
    node.destination.deleteAll(Uploader.folder(id, find(id).startedAt()));
    Await.result(node.recordings.retire());
    assertTombstone(id);
    Await.result(node.recordings.retire());
    assertThat(node.sessions.events(id)).containsOnlyOnce("deleted");
  }

  private void retention(String of, int id, Long millis) throws SQLException {
    node.sql.run("UPDATE " + of + " SET recording_retention_ms = ? WHERE id = ?", millis, id);
  }

  private List<UUID> due(RecordingRetention otherwise) {
    return Await.result(new CustodyStore(node.store.database(), otherwise).decideDue(10));
  }

  @Test
  void retention_isThePolicysThenTheRealmsThenTheConfigurations() throws Exception {
    UUID id = uploaded();
    long day = Duration.ofDays(1).toMillis();
    node.sql.run("UPDATE recording SET uploaded_at = clock_timestamp() - interval '10 days'");
    RecordingRetention week = new RecordingRetention(7 * day);
    assertThat(due(RecordingRetention.FOREVER)).isEmpty();
    assertThat(find(id).retainUntil()).isZero();
    retention("realm", 1, 30 * day);
    assertThat(due(week)).as("the realm keeps it longer").isEmpty();
    assertThat(find(id).retainUntil())
        .isEqualTo(
            node.sql.number("SELECT ms(uploaded_at) FROM recording WHERE session_id = ?", id)
                + 30 * day);
    retention("policy", 1, 0L);
    retention("realm", 1, day);
    assertThat(due(week)).as("the policy keeps it for ever").isEmpty();
    assertThat(find(id).retainUntil()).isZero();
    retention("policy", 2, 1L);
    assertThat(due(week)).as("another policy says nothing").isEmpty();
    retention("policy", 1, 9 * day);
    retention("realm", 1, 0L);
    assertThat(due(RecordingRetention.FOREVER)).containsExactly(id);
    assertThat(find(id).retainUntil()).as("it is decided").isZero();
    assertThat(Objects.requireNonNull(find(id).deletion()).reason()).contains("retention");
  }

  @Test
  void retention_isInBatchesTheLongestKeptFirst() throws Exception {
    List<UUID> ids = node.sessions.ended(25);
    node.sql.run(
        """
        UPDATE recording SET stage = 6, owner = NULL, policy_id = 1 + shard % 2,
          uploaded_at = clock_timestamp() - interval '1 hour'
        """);
    retention("realm", 1, 60_000L);
    node.sql.run(
        "UPDATE recording SET uploaded_at = clock_timestamp() WHERE session_id = ?", ids.get(0));
    node.sql.run(
        """
        UPDATE recording SET uploaded_at = clock_timestamp() - interval '2 hours'
        WHERE session_id = ?
        """,
        ids.get(24));
    assertThat(Await.result(node.around.custody.decideDue(1))).containsExactly(ids.get(24));
    Await.result(node.recordings.retire());
    assertThat(node.sql.number("SELECT count(*) FROM recording WHERE deleted_at IS NULL"))
        .isEqualTo(1);
    assertThat(find(ids.get(0)).deletion()).isNull();
  }
}
