package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.sas.BlobContainerSasPermission;
import com.azure.storage.blob.sas.BlobServiceSasSignatureValues;
import com.azure.storage.common.StorageSharedKeyCredential;
import dev.curfew.config.Secret;
import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.AzuriteServer;
import dev.curfew.testing.CuttableLink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The store in Azure Blob Storage, with Microsoft's emulator as its server. */
@Tag("full")
class AzureStoreTest extends RemoteStoreContract {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static AzuriteServer server;
  private final Deque<ObjectStore> others = new ArrayDeque<>();
  private CuttableLink link;
  private BlobContainerClient container;

  @BeforeAll
  static void startServer() throws Exception {
    server = AzuriteServer.start(Path.of("target", "azurite-data", UUID.randomUUID().toString()));
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    link = CuttableLink.to("127.0.0.1", server.port());
    container =
        new BlobServiceClientBuilder()
            .endpoint(AzuriteServer.endpoint(server.port()).toString())
            .credential(new StorageSharedKeyCredential(AzuriteServer.ACCOUNT, AzuriteServer.KEY))
            .httpClient(new JdkHttpClientBuilder().build())
            .buildClient()
            .createBlobContainer("test-" + UUID.randomUUID());
  }

  @AfterEach
  void closeLink() throws Exception {
    others.forEach(ObjectStore::close);
    link.close();
    container.deleteIfExists();
  }

  private AzureOptions options() {
    return new AzureOptions(
        AzuriteServer.endpoint(link.port()),
        AzuriteServer.ACCOUNT,
        container.getBlobContainerName(),
        "",
        Optional.of(Secret.of(AzuriteServer.KEY)),
        Optional.empty(),
        LIMIT);
  }

  @Override
  ObjectStore connect() {
    return new AzureStore(options());
  }

  @Override
  CuttableLink link() {
    return link;
  }

  @Override
  void vanish() {
    container.delete();
  }

  @Override
  List<String> everything() {
    List<String> names = new ArrayList<>();
    for (BlobItem blob : container.listBlobs()) {
      names.add(blob.getName());
    }
    ListBlobsOptions halves =
        new ListBlobsOptions().setDetails(new BlobListDetails().setRetrieveUncommittedBlobs(true));
    for (BlobItem blob : container.listBlobs(halves, null)) {
      if (!names.contains(blob.getName())) {
        names.add("half of " + blob.getName());
      }
    }
    return names;
  }

  @Override
  int pieceSize() {
    return AzureUpload.SMALLEST_BLOCK;
  }

  @Override
  int large() {
    return AzureUpload.SMALLEST_BLOCK * 5 / 2;
  }

  private ObjectStore store(Optional<String> key, Optional<String> token, Duration timeout) {
    ObjectStore store =
        new AzureStore(
            new AzureOptions(
                AzuriteServer.endpoint(link.port()),
                AzuriteServer.ACCOUNT,
                container.getBlobContainerName(),
                "audit/2026",
                key.map(Secret::of),
                token.map(Secret::of),
                timeout));
    others.push(store);
    return store;
  }

  private String token(String rights) {
    return container.generateSas(
        new BlobServiceSasSignatureValues(
            OffsetDateTime.now(ZoneOffset.UTC).plusHours(1),
            BlobContainerSasPermission.parse(rights)));
  }

  private static void refusedAs(ObjectStore store, String... words) {
    Finding finding = store.check();
    assertThat(finding.state()).as(finding.message()).isEqualTo(Finding.State.REFUSED);
    assertThat(finding.message()).contains(words).doesNotContain("sig=");
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.put("a/b", bytes("not for them")));
  }

  @Test
  void wrongKey_isRefused() {
    String key = Base64.getEncoder().encodeToString(new byte[64]);
    refusedAs(store(Optional.of(key), Optional.empty(), LIMIT), "check account, key or token");
  }

  @Test
  void keyThatIsNone_isRefused() {
    refusedAs(store(Optional.of("not%base64"), Optional.empty(), LIMIT), "is not Base64");
  }

  @Test
  void missingContainer_isRefused() {
    ObjectStore store = store(Optional.of(AzuriteServer.KEY), Optional.empty(), LIMIT);
    container.delete();
    refusedAs(store, "does not exist", "ContainerNotFound");
  }

  @Test
  void token_isEnough() throws Exception {
    ObjectStore store = store(Optional.empty(), Optional.of(token("racwdl")), LIMIT);

    assertThat(store.check().ready()).as(store.check().message()).isTrue();
    store.put("a/b", bytes("b"));
    assertThat(read(store.open("a/b"))).isEqualTo(bytes("b"));
    assertThat(store.list("a")).containsExactly("a/b");
    assertThat(everything()).containsExactly("audit/2026/a/b");
    assertThat(store.location("a/b")).endsWith("/audit/2026/a/b").doesNotContain("sig=");
  }

  @Test
  void tokenThatOnlyReads_isRefused() {
    refusedAs(
        store(Optional.empty(), Optional.of(token("rl")), LIMIT), "read, create, write, delete");
  }

  /** PITFALLS 14, 16: what was not stored is not said to be, and comes whole with the next try. */
  @Test
  void serverThatStopsDuringAPut_hasTheObjectWholeAfterTheNext() throws Exception {
    ObjectStore store = store();
    byte[] content = random(70 << 20, 32);
    AtomicLong moved = new AtomicLong();
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () ->
            store.put(
                "a/b",
                Payload.of(content),
                bytes -> {
                  if (moved.addAndGet(bytes) == 40 << 20) {
                    server.stop();
                  }
                }));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.open("a/b"));
    assertThat(store.check().state()).isEqualTo(Finding.State.UNREACHABLE);

    server.restart();
    refused(ErrorCode.NOT_FOUND, () -> store.open("a/b"));
    store.put("a/b", Payload.of(content), Watch.NONE);

    assertThat(read(store.open("a/b"))).isEqualTo(content);
    assertThat(everything()).containsExactly("a/b");
    assertThat(read(store.open("a/b", 69 << 20, Long.MAX_VALUE)))
        .isEqualTo(Arrays.copyOfRange(content, 69 << 20, 70 << 20));
  }

  /** PITFALLS 16: blocks of another caller's content do not get into the object. */
  @Test
  void otherContentStoredMeanwhile_isReplacedWhole() throws Exception {
    ObjectStore store = store();
    ObjectStore other = store();
    byte[] content = random(large(), 41);
    byte[] theirs = content.clone();
    theirs[0]++;
    AtomicLong moved = new AtomicLong();

    store.put(
        "a/b",
        Payload.of(content),
        bytes -> {
          if (moved.addAndGet(bytes) == 2L * pieceSize()) {
            other.put("a/b", Payload.of(theirs), Watch.NONE);
          }
        });

    assertThat(read(store.open("a/b"))).isEqualTo(content);
    assertThat(moved).hasValue(large());
    assertThat(everything()).containsExactly("a/b");
  }

  @Test
  void objectThatIsReplacedWhileItIsRead_isNotMixed() throws Exception {
    ObjectStore store = store();
    store.put("a/b", Payload.of(random(large(), 42)), Watch.NONE);

    try (InputStream in = store.open("a/b")) {
      assertThat(in.readNBytes(100)).hasSize(100);
      store.put("a/b", Payload.of(random(large(), 43)), Watch.NONE);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(in::readAllBytes)
          .withMessageContaining("ConditionNotMet");
    }
  }

  @Test
  void serverThatHangs_isGivenUpInTime() throws Exception {
    ObjectStore store =
        store(Optional.of(AzuriteServer.KEY), Optional.empty(), Duration.ofSeconds(1));
    store.put("a/b", bytes("b"));
    server.setSuspended(true);
    long before = System.nanoTime();
    try {
      refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.open("a/b"));
      assertThat(store.check().state()).isEqualTo(Finding.State.UNREACHABLE);
    } finally {
      server.setSuspended(false);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));

    assertThat(read(store.open("a/b"))).isEqualTo(bytes("b"));
  }

  /** PITFALLS 18: the limit of a request grows with its bytes. */
  @Test
  void largeBlock_hasTimeForItsBytes() throws Exception {
    Duration limit = Duration.ofMillis(500);
    ObjectStore store = store(Optional.of(AzuriteServer.KEY), Optional.empty(), limit);
    byte[] content = random(large(), 44);
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    AtomicLong moved = new AtomicLong();

    store.put(
        "a/b",
        Payload.of(content),
        bytes -> {
          if (moved.addAndGet(bytes) == pieceSize()) {
            server.setSuspended(true);
            // Longer than all tries of a request with the small limit.
            timer.schedule(() -> server.setSuspended(false), 4, TimeUnit.SECONDS);
          }
        });

    timer.shutdown();
    assertThat(everything()).containsExactly("audit/2026/a/b");
  }
}
