package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.config.Secret;
import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.SambaServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The store on a share, with Debian's samba as its server. */
@Tag("full")
class SmbStoreTest extends RemoteStoreContract {
  private static final Path DIRECTORY = Path.of("target", "samba");

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MEBIBYTE = 1 << 20;

  private static SambaServer server;
  private final Deque<ObjectStore> others = new ArrayDeque<>();
  private CuttableLink link;

  @BeforeAll
  static void startServer() throws Exception {
    empty(DIRECTORY);
    server = SambaServer.start(DIRECTORY);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    for (String share : List.of("recordings", "vault")) {
      empty(server.share(share));
      Files.createDirectories(server.share(share));
    }
    link = CuttableLink.to("127.0.0.1", server.port());
  }

  @AfterEach
  void closeLink() throws Exception {
    others.forEach(ObjectStore::close);
    link.close();
  }

  private static void empty(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private SmbOptions options() {
    return options("recordings", SambaServer.USER, SambaServer.PASSWORD, false, LIMIT);
  }

  private SmbOptions options(
      String share, String user, String password, boolean encrypt, Duration timeout) {
    return new SmbOptions(
        "127.0.0.1", link.port(), share, "", "", user, Secret.of(password), encrypt, timeout);
  }

  @Override
  ObjectStore connect() {
    return new SmbStore(options());
  }

  @Override
  CuttableLink link() {
    return link;
  }

  @Override
  void vanish() throws Exception {
    empty(server.share("recordings"));
  }

  @Override
  List<String> everything() throws Exception {
    return server.files("recordings");
  }

  @Override
  int pieceSize() {
    return SmbSession.PIECE;
  }

  @Override
  int large() {
    return SmbSession.PIECE * 7 / 2;
  }

  private ObjectStore store(SmbOptions options) {
    ObjectStore store = new SmbStore(options);
    others.push(store);
    return store;
  }

  private void refusedAs(SmbOptions options, String... words) {
    Finding finding = store(options).check();
    assertThat(finding.state()).as(finding.message()).isEqualTo(Finding.State.REFUSED);
    assertThat(finding.message()).contains(words).doesNotContain(options.password().reveal());
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store(options).put("a/b", bytes("not for them")));
  }

  @Test
  void wrongPassword_isRefused() {
    refusedAs(
        options("recordings", SambaServer.USER, "guessed", false, LIMIT),
        "user, domain and password",
        "STATUS_LOGON_FAILURE");
  }

  @Test
  void unknownUser_isNoGuest() {
    refusedAs(
        options("recordings", "somebody", SambaServer.PASSWORD, false, LIMIT),
        "does not let somebody in");
  }

  @Test
  void missingShare_isRefused() {
    refusedAs(
        options("archive", SambaServer.USER, SambaServer.PASSWORD, false, LIMIT),
        "has no share archive");
  }

  @Test
  void shareOfOthers_isRefused() {
    refusedAs(
        options("recordings", SambaServer.STRANGER, SambaServer.PASSWORD, false, LIMIT),
        "denies access to " + SambaServer.STRANGER);
  }

  @Test
  void shareThatCannotBeWritten_isRefused() {
    refusedAs(
        options("museum", SambaServer.USER, SambaServer.PASSWORD, false, LIMIT),
        "the right to read, write and delete");
  }

  @Test
  void shareThatRequiresEncryption_isRefusedToWhoeverDoesNot() throws Exception {
    refusedAs(
        options("vault", SambaServer.USER, SambaServer.PASSWORD, false, LIMIT),
        "encrypt when the share requires it");
    assertThat(server.files("vault")).isEmpty();
  }

  @Test
  void encryptedSession_isOne() throws Exception {
    ObjectStore store =
        store(options("vault", SambaServer.USER, SambaServer.PASSWORD, true, LIMIT));
    byte[] content = random(large(), 31);

    store.put("a/b", Payload.of(content), Watch.NONE);

    assertThat(read(store.open("a/b"))).isEqualTo(content);
    assertThat(store.check().ready()).isTrue();
    JsonObject session = onlySession();
    assertThat(session.getString("session_dialect")).isEqualTo("SMB3_11");
    assertThat(session.getJsonObject("encryption").getString("cipher")).isEqualTo("AES-128-GCM");
    assertThat(session.getJsonObject("encryption").getString("degree")).isIn("full", "partial");
  }

  @Test
  void sessionThatIsNotEncrypted_isSigned() throws Exception {
    ObjectStore store = store();
    store.put("a/b", bytes("b"));

    JsonObject session = onlySession();
    assertThat(session.getString("session_dialect")).isEqualTo("SMB3_11");
    assertThat(session.getJsonObject("signing").getString("cipher")).isEqualTo("AES-128-CMAC");
    assertThat(session.getJsonObject("signing").getString("degree")).isIn("full", "partial");
    assertThat(session.getJsonObject("encryption").getString("degree")).isEqualTo("none");
  }

  /** The server forgets the sessions of earlier tests when it has seen them end. */
  private static JsonObject onlySession() throws Exception {
    List<JsonObject> sessions = new ArrayList<>();
    Await.until(
        "one session",
        () -> {
          sessions.clear();
          sessions.addAll(server.sessions());
          return sessions.size() == 1;
        });
    return sessions.get(0);
  }

  /** PITFALLS 14, 16: what was not stored is not said to be, and comes whole with the next try. */
  @Test
  void serverThatDiesDuringAPut_hasTheObjectWholeAfterTheNext() throws Exception {
    ObjectStore store = store();
    byte[] content = random(70 * MEBIBYTE, 32);
    AtomicLong moved = new AtomicLong();
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () ->
            store.put(
                "a/b",
                Payload.of(content),
                bytes -> {
                  if (moved.addAndGet(bytes) == 40 * MEBIBYTE) {
                    server.kill();
                  }
                }));
    refused(ErrorCode.STORAGE_UNAVAILABLE, () -> store.open("a/b"));
    assertThat(store.check().state()).isEqualTo(Finding.State.UNREACHABLE);

    server.restart();
    refused(ErrorCode.NOT_FOUND, () -> store.open("a/b"));
    long before = link.sent();
    store.put("a/b", Payload.of(content), Watch.NONE);

    assertThat(link.sent() - before).isLessThan(31 * MEBIBYTE);
    assertThat(Files.readAllBytes(server.share("recordings").resolve("a/b"))).isEqualTo(content);
    assertThat(everything()).containsExactly("a/b");
    assertThat(read(store.open("a/b", 69 * MEBIBYTE, Long.MAX_VALUE)))
        .isEqualTo(Arrays.copyOfRange(content, 69 * MEBIBYTE, 70 * MEBIBYTE));
  }

  @Test
  void serverThatHangs_isGivenUpInTime() throws Exception {
    ObjectStore store =
        store(
            options(
                "recordings",
                SambaServer.USER,
                SambaServer.PASSWORD,
                false,
                Duration.ofSeconds(1)));
    byte[] content = random(20 * MEBIBYTE, 33);
    store.put("a/b", bytes("former"));
    server.setSuspended(true);
    long before = System.nanoTime();
    try {
      refused(
          ErrorCode.STORAGE_UNAVAILABLE, () -> store.put("a/b", Payload.of(content), Watch.NONE));
      assertThat(store.check().state()).isEqualTo(Finding.State.UNREACHABLE);
    } finally {
      server.setSuspended(false);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));

    assertThat(read(store.open("a/b"))).isEqualTo(bytes("former"));
    store.put("a/b", Payload.of(content), Watch.NONE);
    assertThat(read(store.open("a/b"))).isEqualTo(content);
  }

  /** PITFALLS 18: the limit is one for a request, not for the whole of an upload. */
  @Test
  void longPut_isNotCutByTheLimit() throws Exception {
    Duration limit = Duration.ofMillis(800);
    ObjectStore store =
        store(options("recordings", SambaServer.USER, SambaServer.PASSWORD, false, limit));
    byte[] content = random(5 * MEBIBYTE, 34);
    long before = System.nanoTime();

    store.put(
        "a/b",
        Payload.of(content),
        bytes -> LockSupport.parkNanos(Duration.ofMillis(300).toNanos()));

    assertThat(System.nanoTime() - before).isGreaterThan(limit.toNanos());
    assertThat(read(store.open("a/b"))).isEqualTo(content);
  }

  @Test
  void objectThatIsReplacedWhileItIsRead_isReadToItsEnd() throws Exception {
    ObjectStore store = store();
    byte[] former = random(large(), 35);
    byte[] next = random(large(), 36);
    store.put("a/b", Payload.of(former), Watch.NONE);

    try (InputStream in = store.open("a/b")) {
      byte[] beginning = in.readNBytes(100);
      store.put("a/b", Payload.of(next), Watch.NONE);
      assertThat(read(store.open("a/b"))).isEqualTo(next);

      assertThat(beginning).isEqualTo(Arrays.copyOf(former, 100));
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(former, 100, former.length));
    }
    Await.until("nothing but the object", () -> everything().equals(List.of("a/b")));
  }

  @Test
  void temporaryOfAnotherLength_isSweptByTheNextLargePut() throws Exception {
    ObjectStore store = store();
    byte[] content = random(large(), 37);
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () -> store.put("a/b", announced(large() + 1, content), Watch.NONE));
    assertThat(everything()).hasSize(1);

    store.put("a/b", Payload.of(content), Watch.NONE);

    assertThat(everything()).containsExactly("a/b");
  }

  @Test
  void folderOfTheShare_isMadeAndSeenAsFiles() throws Exception {
    SmbOptions share = options();
    ObjectStore store =
        store(
            new SmbOptions(
                share.host(),
                share.port(),
                share.share(),
                "Audit 2026/sessions",
                "",
                share.user(),
                share.password(),
                false,
                LIMIT));
    assertThat(store.list("a")).isEmpty();
    refused(ErrorCode.NOT_FOUND, () -> store.open("a/b"));

    store.put("a/b", bytes("b"));

    Path folder = server.share("recordings").resolve("Audit 2026/sessions");
    assertThat(folder.resolve("a/b")).hasContent("b");
    Files.writeString(folder.resolve("a/c"), "from elsewhere");
    assertThat(store.list("a")).containsExactly("a/b", "a/c");
    assertThat(read(store.open("a/c"))).isEqualTo(bytes("from elsewhere"));
    assertThat(store.location("a/b"))
        .isEqualTo("smb://127.0.0.1:" + link.port() + "/recordings/Audit%202026/sessions/a/b");
  }
}
