package dev.curfew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.client.AlertStream;
import dev.curfew.client.ApiClient;
import dev.curfew.client.ApiFailure;
import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node whose listener speaks TLS, with certificates that the JDK's keytool makes. */
class TlsTest {
  private static final String PASSWORD = "changeit";

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
    makePair(algorithm, bits, certificate, key);

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
  void strangersAndPlainText_areRefused() throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    makePair("EC", 256, certificate, key);

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
    makePair("EC", 256, certificate, key);
    Files.copy(certificate, first);
    Path nextCertificate = directory.resolve("next.crt");
    Path nextKey = directory.resolve("next.key");
    makePair("RSA", 2048, nextCertificate, nextKey);

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
    }
  }

  @Test
  void aPairThatDoesNotFit_stopsTheStart_namingTheSetting() throws Exception {
    Path certificate = directory.resolve("tls.crt");
    Path key = directory.resolve("tls.key");
    makePair("EC", 256, directory.resolve("other.crt"), key);
    makePair("EC", 256, certificate, directory.resolve("other.key"));
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

  private void makePair(String algorithm, int bits, Path certificate, Path key)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = Files.createTempDirectory(directory, "store").resolve("pair.p12");
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "node",
            "-keyalg",
            algorithm,
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost,ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            store.toString(),
            "-keysize",
            Integer.toString(bits));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(said).isZero();
    KeyStore pair = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      pair.load(in, PASSWORD.toCharArray());
    }
    writePem(certificate, "CERTIFICATE", pair.getCertificate("node").getEncoded());
    writePem(key, "PRIVATE KEY", pair.getKey("node", PASSWORD.toCharArray()).getEncoded());
  }

  private static void writePem(Path file, String what, byte[] content) throws IOException {
    Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
    Files.writeString(
        file,
        "-----BEGIN "
            + what
            + "-----\n"
            + lines.encodeToString(content)
            + "\n-----END "
            + what
            + "-----\n");
  }
}
