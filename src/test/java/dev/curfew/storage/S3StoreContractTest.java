package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.S3MockServer;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/** {@link S3Store} against a server. */
@Tag("full")
class S3StoreContractTest extends RemoteStoreContract {
  @TempDir static Path directory;
  private static S3MockServer server;

  private CuttableLink link;
  private String bucket;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3MockServer.start(directory.resolve("objects"));
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void makePlace() throws Exception {
    link = CuttableLink.to("127.0.0.1", server.port());
    bucket = server.createBucket();
  }

  @AfterEach
  void closeLink() throws Exception {
    link.close();
  }

  @Override
  ObjectStore connect() {
    return new S3Store(S3MockServer.options(link.port(), bucket, ""));
  }

  @Override
  CuttableLink link() {
    return link;
  }

  @Override
  void vanish() {
    server.deleteBucket(bucket);
  }

  @Override
  List<String> everything() {
    return server.everythingIn(bucket);
  }

  /** Two parts and a half. */
  @Override
  int large() {
    return 20 << 20;
  }

  @Override
  int pieceSize() {
    return PartPlan.SMALLEST_PART;
  }

  @Test
  void prefix_keepsStoresOfOneBucketApart() throws Exception {
    try (ObjectStore one = new S3Store(S3MockServer.options(link.port(), bucket, "node/one"));
        ObjectStore other = new S3Store(S3MockServer.options(link.port(), bucket, "node/on"))) {
      one.put("a/b", bytes("one"));
      other.put("a/b", bytes("other"));

      assertThat(everything()).containsExactlyInAnyOrder("node/one/a/b", "node/on/a/b");
      assertThat(one.list("a")).containsExactly("a/b");
      assertThat(one.location("a/b")).isEqualTo("s3://" + bucket + "/node/one/a/b");
      assertThat(one.check().ready()).isTrue();
      one.deleteAll("a");
      assertThat(everything()).containsExactly("node/on/a/b");
      assertThat(read(other.open("a/b"))).isEqualTo(bytes("other"));
    }
  }

  @Test
  void connectionCutInADownload_isAFailureAndNotTheEnd() throws Exception {
    ObjectStore store = store();
    store.put("a/b", Payload.of(random(large(), 31)), Watch.NONE);

    try (InputStream in = store.open("a/b")) {
      assertThat(in.readNBytes(1_000)).hasSize(1_000);
      link.cut();
      assertThatIOException().isThrownBy(in::readAllBytes);
    }
  }

  /** PITFALLS 16: a part counts by its number, size and checksum together. */
  @Test
  void partsOfOthersUploads_areReplacedWhereTheyDiffer() throws Exception {
    byte[] content = random(large(), 32);
    byte[] wrong = random(PartPlan.SMALLEST_PART, 33);
    byte[] shorter = Arrays.copyOf(content, 6 << 20);
    String upload =
        server.client().createMultipartUpload(r -> r.bucket(bucket).key("a/b")).uploadId();
    server
        .client()
        .uploadPart(
            r -> r.bucket(bucket).key("a/b").uploadId(upload).partNumber(1),
            RequestBody.fromBytes(shorter));
    server
        .client()
        .uploadPart(
            r -> r.bucket(bucket).key("a/b").uploadId(upload).partNumber(2),
            RequestBody.fromBytes(wrong));

    store().put("a/b", Payload.of(content), Watch.NONE);

    assertThat(read(store().open("a/b"))).isEqualTo(content);
    assertThat(everything()).containsExactly("a/b");
  }

  /** PITFALLS 16: of a larger object there may be parts where ours has none. */
  @Test
  void uploadOfALargerObject_isNotTakenUp() throws Exception {
    byte[] content = random(large(), 36);
    ObjectStore store = store();
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () -> store.put("a/b", unreadableFrom(30 << 20, random(40 << 20, 37)), Watch.NONE));

    store.put("a/b", Payload.of(content), Watch.NONE);

    assertThat(read(store.open("a/b"))).isEqualTo(content);
    assertThat(everything()).containsExactly("a/b");
  }

  /** PITFALLS 16: an answer that was lost, after the service had done what it was asked. */
  @Test
  void completedUpload_isNotSentAgain() throws Exception {
    byte[] content = random(large(), 34);
    store().put("a/b", Payload.of(content), Watch.NONE);
    long before = link.sent();

    store().put("a/b", Payload.of(content), Watch.NONE);

    assertThat(link.sent() - before).isLessThan(64 * 1024);
    assertThat(read(store().open("a/b"))).isEqualTo(content);
  }

  @Test
  void bucketThatDoesNotExist_isRefused() {
    server.deleteBucket(bucket);
    try (ObjectStore store = connect()) {
      Finding finding = store.check();

      assertThat(finding.state()).isEqualTo(Finding.State.REFUSED);
      assertThat(finding.message()).contains(bucket).contains("does not exist");
      refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.size("a/b"));
    }
  }
}
