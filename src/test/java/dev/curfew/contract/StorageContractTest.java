package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a running node says of the stores of its recordings. */
class StorageContractTest {
  @Test
  void stores_areShownAsTheyWereFoundAtTheStart() {
    try (Installation at = Installation.start(Map.of())) {
      JsonArray stores =
          at.admin.get("/api/v1/admin/storage").is(200).json().getJsonArray("stores");

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
}
