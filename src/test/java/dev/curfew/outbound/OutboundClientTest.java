package dev.curfew.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SelfSignedCertificate;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls to servers on loopback, by names that only the test knows. */
class OutboundClientTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    Await.result(vertx.close());
  }

  private HttpServer serve(HttpServerOptions options, Handler<HttpServerRequest> handler) {
    return Await.result(
        vertx
            .createHttpServer(options)
            .requestHandler(handler)
            .listen(0, InetAddress.getLoopbackAddress().getHostAddress()));
  }

  private OutboundClient client(NameResolver names, Duration timeout) {
    return OutboundClient.open(
        vertx, new TargetGuard(names, true), new HttpClientOptions(), timeout);
  }

  private static Future<List<InetAddress>> loopback(String host) {
    return Future.succeededFuture(List.of(InetAddress.getLoopbackAddress()));
  }

  private static OutboundAnswer post(OutboundClient client, String url) {
    return Await.result(
        client.post(URI.create(url), Map.of("x-test", "1"), Buffer.buffer("{\"a\":1}")));
  }

  @Test
  void post_sendsHeadersAndBodyToTheNamedHost() {
    CompletableFuture<String> seen = new CompletableFuture<>();
    HttpServer server =
        serve(
            new HttpServerOptions(),
            request ->
                request
                    .body()
                    .onSuccess(
                        body -> {
                          seen.complete(
                              "%s %s %s %s %s"
                                  .formatted(
                                      request.method(),
                                      request.uri(),
                                      request.getHeader("host"),
                                      request.getHeader("x-test"),
                                      body));
                          request.response().setStatusCode(202).end("{\"ok\":true}");
                        }));

    OutboundAnswer answer =
        post(
            client(OutboundClientTest::loopback, TIMEOUT),
            "http://hooks.example.com:" + server.actualPort() + "/in%20box?q=%2F");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.successful()).isTrue();
    assertThat(answer.whole()).isTrue();
    assertThat(answer.body().toString()).isEqualTo("{\"ok\":true}");
    assertThat(seen.join())
        .isEqualTo(
            "POST /in%20box?q=%2F hooks.example.com:" + server.actualPort() + " 1 {\"a\":1}");
  }

  @Test
  void post_overTls_namesTheHostInSniAndVerifiesIt() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("hooks.example.com");
    CompletableFuture<String> name = new CompletableFuture<>();
    HttpServer server =
        serve(
            new HttpServerOptions()
                .setSsl(true)
                .setSni(true)
                .setKeyCertOptions(certificate.keyCertOptions()),
            request -> {
              name.complete(request.connection().indicatedServerName());
              request.response().end();
            });
    OutboundClient client =
        OutboundClient.open(
            vertx,
            new TargetGuard(OutboundClientTest::loopback, true),
            new HttpClientOptions().setTrustOptions(certificate.trustOptions()),
            TIMEOUT);

    assertThat(post(client, "https://hooks.example.com:" + server.actualPort() + "/").status())
        .isEqualTo(200);
    assertThat(name.join()).isEqualTo("hooks.example.com");
    Throwable otherName =
        Await.failure(
            client.post(
                URI.create("https://other.example.com:" + server.actualPort() + "/"),
                Map.of(),
                Buffer.buffer()));
    assertThat(otherName).isInstanceOf(CurfewException.class);
    Throwable untrusted =
        Await.failure(
            client(OutboundClientTest::loopback, TIMEOUT)
                .post(
                    URI.create("https://hooks.example.com:" + server.actualPort() + "/"),
                    Map.of(),
                    Buffer.buffer()));
    assertThat(untrusted).isInstanceOf(CurfewException.class);
    certificate.delete();
  }

  /** A name that is public when it is checked and private when it is connected to. */
  @Test
  void post_connectsToTheCheckedAddressOnly() {
    AtomicInteger served = new AtomicInteger();
    HttpServer server =
        serve(
            new HttpServerOptions(),
            request -> {
              served.incrementAndGet();
              request.response().end();
            });
    AtomicInteger lookups = new AtomicInteger();
    NameResolver rebinding =
        host -> {
          boolean first = lookups.getAndIncrement() == 0;
          return Future.succeededFuture(List.of(address(first ? "127.0.0.1" : "127.0.0.2")));
        };

    assertThat(
            post(
                    client(rebinding, TIMEOUT),
                    "http://rebinding.example:" + server.actualPort() + "/")
                .status())
        .isEqualTo(200);
    assertThat(lookups).hasValue(1);
    assertThat(served).hasValue(1);
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(literal, e);
    }
  }

  @Test
  void post_toPrivateAddress_isRefusedWithoutConnecting() {
    AtomicInteger connections = new AtomicInteger();
    HttpServer server =
        Await.result(
            vertx
                .createHttpServer()
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(request -> request.response().end())
                .listen(0, "127.0.0.1"));
    OutboundClient strict = OutboundClient.open(vertx, TargetGuard.create(vertx, false));

    Throwable refused =
        Await.failure(
            strict.post(
                URI.create("http://127.0.0.1:" + server.actualPort() + "/"),
                Map.of(),
                Buffer.buffer()));

    assertThat(refused)
        .isInstanceOfSatisfying(
            CurfewException.class,
            known -> assertThat(known.code()).isEqualTo(ErrorCode.FORBIDDEN));
    assertThat(connections).hasValue(0);
  }

  @Test
  void post_whoseFirstAddressRefuses_triesTheNext() {
    HttpServer server = serve(new HttpServerOptions(), request -> request.response().end());
    NameResolver two =
        host -> Future.succeededFuture(List.of(address("127.0.0.9"), address("127.0.0.1")));

    assertThat(post(client(two, TIMEOUT), "http://a.example:" + server.actualPort() + "/").status())
        .isEqualTo(200);
  }

  @Test
  void redirect_isNotFollowed() {
    AtomicInteger calls = new AtomicInteger();
    HttpServer server =
        serve(
            new HttpServerOptions(),
            request -> {
              calls.incrementAndGet();
              request.response().setStatusCode(307).putHeader("location", "/other").end();
            });

    OutboundAnswer answer =
        post(
            client(OutboundClientTest::loopback, TIMEOUT),
            "http://a.example:" + server.actualPort() + "/");

    assertThat(answer.status()).isEqualTo(307);
    assertThat(answer.successful()).isFalse();
    assertThat(calls).hasValue(1);
  }

  @Test
  void answer_thatIsTooLong_isCut() {
    HttpServer server =
        serve(
            new HttpServerOptions(),
            request -> request.response().end("a".repeat(4 * OutboundClient.LONGEST_ANSWER)));

    OutboundAnswer answer =
        post(
            client(OutboundClientTest::loopback, TIMEOUT),
            "http://a.example:" + server.actualPort() + "/");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.whole()).isFalse();
    assertThat(answer.body().length()).isEqualTo(OutboundClient.LONGEST_ANSWER);
  }

  @Test
  void target_thatDoesNotAnswer_failsInTime() {
    HttpServer server = serve(new HttpServerOptions(), request -> {});
    failsInTime("http://a.example:" + server.actualPort() + "/");
  }

  @Test
  void target_thatNeverEndsItsAnswer_failsInTime() {
    HttpServer server =
        serve(
            new HttpServerOptions(), request -> request.response().setChunked(true).write("begun"));
    failsInTime("http://a.example:" + server.actualPort() + "/");
  }

  private void failsInTime(String url) {
    OutboundClient client = client(OutboundClientTest::loopback, Duration.ofMillis(300));

    Throwable late = Await.failure(client.post(URI.create(url), Map.of(), Buffer.buffer()));

    assertThat(late)
        .isInstanceOfSatisfying(
            CurfewException.class,
            known -> {
              assertThat(known.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(known.getMessage()).startsWith("a.example did not answer within");
            });
  }

  @Test
  void target_thatIsNotThere_failsWithoutItsAddress() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }

    Throwable refused =
        Await.failure(
            client(OutboundClientTest::loopback, TIMEOUT)
                .post(URI.create("http://a.example:" + closed + "/"), Map.of(), Buffer.buffer()));

    assertThat(refused)
        .isInstanceOfSatisfying(
            CurfewException.class,
            known -> {
              assertThat(known.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(known.getMessage()).doesNotContain("127.0.0.1");
            });
  }
}
