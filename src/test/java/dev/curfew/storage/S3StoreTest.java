package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.curfew.config.S3Encryption;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link S3Store} against a service that will not, cannot or takes its time. */
class S3StoreTest {
  private static final String SECRET = "hunter2hunter2";
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** How the service answers. */
  @FunctionalInterface
  private interface Answers {
    void answer(HttpExchange request) throws IOException, InterruptedException;
  }

  private final CountDownLatch finished = new CountDownLatch(1);
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer service;
  private volatile Answers answers;
  private S3Store store;

  @BeforeEach
  void start() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    service.setExecutor(threads);
    service.createContext("/", this::handle);
    service.start();
    store = new S3Store(options(endpoint()));
  }

  private URI endpoint() {
    return URI.create("http://127.0.0.1:" + service.getAddress().getPort());
  }

  private static S3Options options(URI endpoint) {
    return options(endpoint, S3Options.Encryption.NONE);
  }

  private static S3Options options(URI endpoint, S3Options.Encryption encryption) {
    return new S3Options(
        Optional.of(endpoint),
        "eu-central-1",
        "recordings",
        "curfew",
        true,
        Optional.of(new S3Options.Credentials("AKIA-OF-TEST", Secret.of(SECRET))),
        encryption,
        TIMEOUT);
  }

  @AfterEach
  void stop() {
    finished.countDown();
    store.close();
    service.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange request) throws IOException {
    requests.add(request.getRequestMethod() + " " + request.getRequestURI());
    try (request) {
      answers.answer(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange request, int status, String body) throws IOException {
    request.getRequestBody().readAllBytes();
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    boolean empty = bytes.length == 0 || request.getRequestMethod().equals("HEAD");
    request.sendResponseHeaders(status, empty ? -1 : bytes.length);
    if (!empty) {
      request.getResponseBody().write(bytes);
    }
  }

  private static String error(String code, String message) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>%s</Code><Message>%s</Message></Error>"
        .formatted(code, message);
  }

  private void refuses(int status, String code) {
    answers = request -> answer(request, status, error(code, "as the service says"));
  }

  private CurfewException unavailable(ThrowingCallable call) {
    CurfewException[] refusal = new CurfewException[1];
    assertThatExceptionOfType(CurfewException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET))
        .satisfies(e -> refusal[0] = e);
    return refusal[0];
  }

  @ParameterizedTest
  @CsvSource({
    "403, AccessDenied, denies access",
    "403, InvalidAccessKeyId, denies access",
    "403, SignatureDoesNotMatch, signature",
    "403, RequestTimeTooSkewed, clock",
    "404, NoSuchBucket, does not exist",
    "400, AuthorizationHeaderMalformed, another region",
    "301, PermanentRedirect, another region",
    "400, KMS.NotFoundException, refuses the request",
    "501, NotImplemented, refuses the request"
  })
  void serviceThatWillNot_isRefused(int status, String code, String says) {
    refuses(status, code);

    Finding finding = store.check();

    assertThat(finding.state()).as(finding.message()).isEqualTo(Finding.State.REFUSED);
    assertThat(finding.message()).contains("recordings", says).doesNotContain(SECRET);
    assertThat(unavailable(() -> store.put("a/b", new byte[10])).getMessage()).contains(says);
    unavailable(() -> store.put("a/b", Payload.of(new byte[9 << 20]), Watch.NONE));
    unavailable(() -> store.open("a/b"));
    unavailable(() -> store.size("a/b"));
    unavailable(() -> store.list("a"));
    unavailable(() -> store.delete("a/b"));
    unavailable(() -> store.deleteAll("a"));
  }

  @ParameterizedTest
  @CsvSource({"500, InternalError", "503, SlowDown", "502, BadGateway", "429, TooManyRequests"})
  void serviceThatCannotNow_isUnreachable(int status, String code) {
    refuses(status, code);

    Finding finding = store.check();

    assertThat(finding.state()).as(finding.message()).isEqualTo(Finding.State.UNREACHABLE);
    assertThat(finding.message()).contains("recordings", code);
    unavailable(() -> store.open("a/b"));
  }

  @Test
  void bucketOfAnotherRegion_isNamed() {
    answers =
        request -> {
          request.getResponseHeaders().set("x-amz-bucket-region", "ap-south-1");
          answer(request, 301, error("PermanentRedirect", "elsewhere"));
        };

    assertThat(store.check().message()).contains("ap-south-1", "instead of eu-central-1");
  }

  @Test
  void serviceThatFailsOnce_isAskedOnceMore() {
    answers =
        request -> {
          if (requests.size() == 1) {
            answer(request, 503, error("SlowDown", "later"));
          } else {
            answer(request, 200, "");
          }
        };

    store.put("a/b", new byte[10]);

    assertThat(requests)
        .containsExactly("PUT /recordings/curfew/a/b", "PUT /recordings/curfew/a/b");
  }

  @Test
  void portWhereNobodyListens_isUnreachable() {
    service.stop(0);

    Finding finding = store.check();

    assertThat(finding.state()).isEqualTo(Finding.State.UNREACHABLE);
    assertThat(finding.message()).contains("127.0.0.1", "ConnectException", "check the endpoint");
    unavailable(() -> store.put("a/b", new byte[10]));
  }

  @Test
  void nameThatNobodyKnows_isUnreachable() {
    try (S3Store lost = new S3Store(options(URI.create("http://storage.invalid:9000")))) {
      Finding finding = lost.check();

      assertThat(finding.state()).as(finding.message()).isEqualTo(Finding.State.UNREACHABLE);
      assertThat(finding.message()).contains("storage.invalid", "cannot be found by name");
    }
  }

  @Test
  void serviceThatNeverAnswers_isGivenUp() {
    answers = request -> finished.await();
    long from = System.nanoTime();

    unavailable(() -> store.put("a/b", new byte[100]));
    unavailable(() -> store.open("a/b"));

    assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(15));
    assertThat(store.check().state()).isEqualTo(Finding.State.UNREACHABLE);
  }

  /** PITFALLS 18: how long an upload may take goes by its bytes, not by a fixed limit. */
  @Test
  void slowUpload_isNotCutByATimeLimit() throws Exception {
    int size = 4 << 20;
    answers =
        request -> {
          InputStream body = request.getRequestBody();
          long pause = TIMEOUT.toMillis() * 3 / 8;
          for (int eighth = 0; eighth < 8; eighth++) {
            body.readNBytes(size / 8);
            finished.await(pause, TimeUnit.MILLISECONDS);
          }
          // All has been taken, and the answer still is long in coming.
          finished.await(TIMEOUT.toMillis() * 3 / 2, TimeUnit.MILLISECONDS);
          answer(request, 200, "");
        };

    store.put("a/b", new byte[size]);

    assertThat(requests).containsExactly("PUT /recordings/curfew/a/b");
  }

  @Test
  void listOfSeveralPages_isWhole() {
    answers =
        request -> {
          String query = request.getRequestURI().getQuery();
          boolean second = query.contains("continuation-token=more");
          answer(
              request,
              200,
              "<ListBucketResult><IsTruncated>%s</IsTruncated>%s<Contents><Key>curfew/a/%s</Key></Contents></ListBucketResult>"
                  .formatted(
                      !second,
                      second ? "" : "<NextContinuationToken>more</NextContinuationToken>",
                      second ? "c" : "b"));
        };

    assertThat(store.list("a")).containsExactly("a/b", "a/c");
  }

  @Test
  void shortenedAnswer_isNoObject() throws Exception {
    answers =
        request -> {
          request.sendResponseHeaders(200, 1_000);
          request.getResponseBody().write(new byte[400]);
          request.getResponseBody().flush();
          // Closed before the rest.
        };

    try (InputStream in = store.open("a/b")) {
      assertThatExceptionOfType(IOException.class).isThrownBy(in::readAllBytes);
    }
  }

  @Test
  void encryption_isAskedForWithEveryNewObject() {
    S3Options.Encryption keys =
        new S3Options.Encryption(S3Encryption.KMS, Optional.of("alias/recordings"));
    List<String> asked = new CopyOnWriteArrayList<>();
    answers =
        request -> {
          Headers headers = request.getRequestHeaders();
          if (headers.containsKey("x-amz-server-side-encryption")) {
            asked.add(
                requests.get(requests.size() - 1)
                    + " "
                    + headers.getFirst("x-amz-server-side-encryption")
                    + " "
                    + headers.getFirst("x-amz-server-side-encryption-aws-kms-key-id"));
          }
          String query = String.valueOf(request.getRequestURI().getQuery());
          if (request.getRequestMethod().equals("GET")) {
            answer(request, 200, "<ListMultipartUploadsResult/>");
          } else if (request.getRequestMethod().equals("HEAD")) {
            answer(request, 404, "");
          } else if (query.startsWith("uploads")) {
            answer(
                request,
                200,
                "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
          } else {
            request.getResponseHeaders().set("ETag", "\"e\"");
            answer(
                request,
                200,
                query.startsWith("uploadId") ? "<CompleteMultipartUploadResult/>" : "");
          }
        };

    try (S3Store encrypting = new S3Store(options(endpoint(), keys))) {
      encrypting.put("a/small", new byte[10]);
      encrypting.put("a/large", Payload.of(new byte[9 << 20]), Watch.NONE);
    }

    assertThat(asked)
        .containsExactly(
            "PUT /recordings/curfew/a/small aws:kms alias/recordings",
            "POST /recordings/curfew/a/large?uploads aws:kms alias/recordings");
  }

  @Test
  void objectsThatAreKept_failTheDeletion() {
    answers =
        request -> {
          String query = String.valueOf(request.getRequestURI().getQuery());
          if (query.startsWith("delete")) {
            answer(
                request,
                200,
                "<DeleteResult><Error><Key>curfew/a/b</Key><Code>AccessDenied</Code></Error></DeleteResult>");
          } else if (query.startsWith("uploads")) {
            answer(request, 200, "<ListMultipartUploadsResult/>");
          } else {
            answer(
                request,
                200,
                "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>curfew/a/b</Key></Contents></ListBucketResult>");
          }
        };

    assertThat(unavailable(() -> store.deleteAll("a")).getMessage())
        .contains("1 objects of a are kept", "AccessDenied");
  }
}
