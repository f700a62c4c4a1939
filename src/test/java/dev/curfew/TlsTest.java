package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.client.AlertStream;
import dev.curfew.client.ApiClient;
import dev.curfew.client.ApiFailure;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestCertificate;
import io.vertx.core.json.JsonObject;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node whose listener speaks TLS, with certificates that the JDK's keytool makes. */
class TlsTest {

  @TempDir Path directory;

  private TestNode startWith(Path certificate, Path key) {
    return TestNode.start(
        Map.of(
            "tls.certificate", certificate.toString(),
            "tls.key", key.toString(),
            "tls.reload", "100ms"));
  }

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256"})
  void callsAndAlerts_workForWhoTrustsTheCertificate(String algorithm, int bits) throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    TestCertificate.make(algorithm, bits, certificate, key);

    try (TestNode node = startWith(certificate, key)) {
      assertThat(node.url()).startsWith("https://");
      ApiClient trusting = ApiClient.trusting(certificate, node.url(), node.adminKey());
      try (AlertStream alerts = trusting.alerts("")) {
        JsonObject session =
            trusting.post("/api/v1/sessions", new JsonObject().put("durationHours", 1));
        AlertStream.Alert told = Objects.requireNonNull(alerts.next(Duration.ofSeconds(10)));
        assertThat(told.concerns(session.getString("id"))).isTrue();
      }
    }
  }

  @Test
  void bridge_speaksTlsToo() throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    TestCertificate.make("EC", 256, certificate, key);

    try (TestNode node = startWith(certificate, key);
        Socket bridge =
            trusting(certificate)
                .getSocketFactory()
                .createSocket("localhost", node.bridge().tcp())) {
      bridge.setSoTimeout(20_000);
      byte[] ping = "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8);
      DataOutputStream out = new DataOutputStream(bridge.getOutputStream());
      out.writeInt(ping.length);
      out.write(ping);
      DataInputStream in = new DataInputStream(bridge.getInputStream());
      assertThat(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8))
          .isEqualTo("{\"type\":\"pong\"}");
    }
  }

  /** On HTTP/2 a stream is closed after every answer, which is not to say that nobody got it. */
  @Test
  void claimOverHttp2_staysWithWhoeverGotIt() throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    TestCertificate.make("EC", 256, certificate, key);

    try (TestNode node =
            TestNode.start(
                Map.of(
                    "tls.certificate", certificate.toString(),
                    "tls.key", key.toString(),
                    "node.roles", "api,sessions,claims,watchdog"));
        DirectSql sql = node.sql()) {
      RecordedSessions sessions = new RecordedSessions(sql);
      UUID id = sessions.ended();
      HttpClient client = HttpClient.newBuilder().sslContext(trusting(certificate)).build();
      assertThat(claim(client, node).body()).contains(id.toString());
      HttpResponse<String> nothing = claim(client, node);
      assertThat(nothing.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(nothing.body()).doesNotContain(id.toString());
      assertThat(sessions.events(id)).containsExactly("encoding");
    }
  }

  private static HttpResponse<String> claim(HttpClient client, TestNode node) throws Exception {
    return client.send(
        HttpRequest.newBuilder(
                URI.create(node.url() + "/api/services/v1/secureaccessgateway/EncoderClaim"))
            .header("X-API-Key", node.adminKey())
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"processInstance\":\"encoder-1\",\"waitSeconds\":1}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpClient.Version versionSpoken(TestNode node, Path trusted) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(trusting(trusted))
        .build()
        .send(
            HttpRequest.newBuilder(URI.create(node.url() + "/health/live")).build(),
            HttpResponse.BodyHandlers.discarding())
        .version();
  }

  private static SSLContext trusting(Path certificate) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      trusted.setCertificateEntry(
          "node", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @Test
  void strangersAndPlainText_areRefused() throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    TestCertificate.make("EC", 256, certificate, key);

    try (TestNode node = startWith(certificate, key)) {
      assertThatThrownBy(() -> new ApiClient(node.url(), node.adminKey()).get("/health/ready"))
          .isInstanceOf(ApiFailure.class)
          .hasMessageContaining("certif");
      String plain = node.url().replace("https:", "http:");
      assertThatThrownBy(() -> new ApiClient(plain, node.adminKey()).get("/health/ready"))
          .isInstanceOf(ApiFailure.class);
    }
  }

  @Test
  void replacedFiles_areShownToNewConnections_andUnusableOnesAreNot() throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    Path first = directory.resolve("first.crt");
    TestCertificate.make("EC", 256, certificate, key);
    Files.copy(certificate, first);
    Path nextCertificate = directory.resolve("next.crt");
    Path nextKey = directory.resolve("next.key");
    TestCertificate.make("RSA", 2048, nextCertificate, nextKey);

    try (TestNode node = startWith(certificate, key)) {
      // Half of the pair is new: it does not fit, so the first one goes on.
      Files.copy(nextCertificate, certificate, StandardCopyOption.REPLACE_EXISTING);
      for (int i = 0; i < 5; i++) {
        assertThat(reaches(node, first)).isTrue();
        assertThat(reaches(node, nextCertificate)).isFalse();
      }
      Files.copy(nextKey, key, StandardCopyOption.REPLACE_EXISTING);
      Await.until(
          "the new certificate shown",
          () -> reaches(node, nextCertificate) && !reaches(node, first));
      assertThat(versionSpoken(node, nextCertificate)).isEqualTo(HttpClient.Version.HTTP_2);
    }
  }

  @Test
  void aPairThatDoesNotFit_stopsTheStart_namingTheSetting() throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    TestCertificate.make("EC", 256, directory.resolve("other.crt"), key);
    TestCertificate.make("EC", 256, certificate, directory.resolve("other.key"));
    Path garbage = Files.writeString(directory.resolve("garbage"), "no PEM");

    assertThatThrownBy(() -> startWith(certificate, key)).hasMessageContaining("tls.key");
    assertThatThrownBy(() -> startWith(garbage, key)).hasMessageContaining("tls.certificate");
    assertThatThrownBy(() -> startWith(directory.resolve("absent"), key))
        .hasMessageContaining("tls.certificate");
  }

  private static boolean reaches(TestNode node, Path trusted) {
    try {
      ApiClient.trusting(trusted, node.url(), node.adminKey()).get("/health/ready");
      return true;
    } catch (ApiFailure refused) {
      return false;
    }
  }
}
