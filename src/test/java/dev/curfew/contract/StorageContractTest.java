package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a running node says of the stores of its recordings, and how it starts without them. */
class StorageContractTest {
  private static final String STORAGE = "/api/v1/admin/storage";

  private static Map<String, String> bucketAt(int port) {
    return Map.of(
        "recording.finished.kind", "s3",
        "recording.finished.s3.endpoint", "http://127.0.0.1:" + port,
        "recording.finished.s3.bucket", "recordings",
        "recording.finished.s3.prefix", "curfew",
        "recording.finished.s3.path-style", "true",
        "recording.finished.s3.access-key-id", "AKIA1",
        "recording.finished.s3.secret-access-key", "hunter2",
        "recording.finished.s3.timeout", "1s");
  }

  @Test
  void stores_areShownAsTheyWereFoundAtTheStart() {
    try (Installation at = Installation.start(Map.of())) {
      JsonArray stores = at.admin.get(STORAGE).is(200).json().getJsonArray("stores");

      assertThat(stores).hasSize(2);
      for (int i = 0; i < 2; i++) {
        JsonObject store = stores.getJsonObject(i);
        assertThat(store.getString("store")).isEqualTo(i == 0 ? "raw" : "finished");
        assertThat(store.getString("kind")).isEqualTo("folder");
        assertThat(store.getString("location")).startsWith("file:/");
        assertThat(store.getString("state")).as(store.encode()).isEqualTo("READY");
        assertThat(Instant.parse(store.getString("checkedAt"))).isBefore(Instant.now());
      }
      assertThat(at.admin.get("/metrics").is(200).text())
          .contains(
              "curfew_storage_up{store=\"raw\"} 1", "curfew_storage_up{store=\"finished\"} 1");
    }
  }

  @Test
  void storeOutOfReach_doesNotStopTheClockOfSessions() throws IOException {
    int nobody;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = probe.getLocalPort();
    }
    try (Installation at = Installation.start(bucketAt(nobody))) {
      JsonObject finished =
          at.admin.get(STORAGE).is(200).json().getJsonArray("stores").getJsonObject(1);

      assertThat(finished.getString("kind")).isEqualTo("s3");
      assertThat(finished.getString("location")).isEqualTo("s3://recordings/curfew");
      assertThat(finished.getString("state")).isEqualTo("UNREACHABLE");
      assertThat(finished.encode()).doesNotContain("hunter2");
      assertThat(at.admin.get("/metrics").is(200).text())
          .contains(
              "curfew_storage_up{store=\"raw\"} 1", "curfew_storage_up{store=\"finished\"} 0");
      at.session(new JsonObject().put("kind", "access"));
    }
  }

  @Test
  void storeThatRefuses_stopsTheStart() throws IOException {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    service.createContext(
        "/",
        request -> {
          byte[] error =
              "<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>"
                  .getBytes(StandardCharsets.UTF_8);
          request.getRequestBody().readAllBytes();
          request.sendResponseHeaders(404, error.length);
          request.getResponseBody().write(error);
          request.close();
        });
    service.start();
    try {
      assertThatThrownBy(() -> Installation.start(bucketAt(service.getAddress().getPort())))
          .hasStackTraceContaining("recording.finished cannot be used")
          .hasStackTraceContaining("bucket recordings")
          .hasStackTraceContaining("does not exist");
    } finally {
      service.stop(0);
    }
  }
}
