package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The access dialect of a running node, every call, as its document says. */
class AccessContractTest {
  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
  }

  @AfterAll
  static void stop() {
    try {
      at.dialects.access.assertEveryOperationSucceeded();
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private static long seconds(JsonObject session, String field) {
    return session.getInstant(field).getEpochSecond();
  }

  @Test
  void accessSession_isStartedReadExtendedAndStopped() {
    JsonObject started =
        at.user
            .post(
                "/api/v1/sessions",
                json().put("durationHours", 2).put("ipv4Address", "203.0.113.42"))
            .is(201)
            .json();
    String id = started.getString("id");
    assertThat(started.getString("userId")).isEqualTo(at.userRecord.getString("id"));
    assertThat(started.getString("ipv4Address")).isEqualTo("203.0.113.42");
    assertThat(at.user.get("/api/v1/sessions/" + id).is(200).json()).isEqualTo(started);
    assertThat(at.user.get("/api/v1/sessions?status=ACTIVE&limit=1").is(200).array()).hasSize(1);
    JsonObject extended =
        at.user
            .post("/api/v1/sessions/" + id + "/extend", json().put("additionalSeconds", 600))
            .is(200)
            .json();
    assertThat(seconds(extended, "expiresAt")).isEqualTo(seconds(started, "expiresAt") + 600);
    JsonObject stopped = at.user.post("/api/v1/sessions/" + id + "/stop").is(200).json();
    assertThat(stopped.getString("endedReason")).isEqualTo("MANUAL");
    Await.until(
        "the session is cancelled",
        () -> at.user.get("/api/v1/sessions/" + id).json().getString("status").equals("CANCELLED"));
    at.user.post("/api/v1/sessions/" + id + "/stop").is(400);
    at.user.post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1)).is(409);
  }

  @Test
  void accessSession_ofAnotherUser_isForbidden() {
    String id = at.accessSession(at.user, 1).getString("id");
    at.other.get("/api/v1/sessions/" + id).is(403);
    at.other.post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1)).is(403);
    at.other.post("/api/v1/sessions/" + id + "/stop").is(403);
    at.auditor.get("/api/v1/sessions/" + id).is(200);
    at.auditor.post("/api/v1/sessions/" + id + "/stop").is(403);
  }

  @Test
  void accessSession_ofAnotherRealm_isUnknown() {
    String id = at.accessSession(at.user, 1).getString("id");
    at.stranger.get("/api/v1/sessions/" + id).is(404);
    at.stranger
        .post("/api/v1/sessions/" + id + "/extend", json().put("additionalHours", 1))
        .is(404);
    at.stranger.post("/api/v1/sessions/" + id + "/stop").is(404);
    at.organisation.post("/api/v1/sessions/admin/" + id + "/stop").is(404);
    String nobodys = Installation.unknownId();
    at.user.get("/api/v1/sessions/" + nobodys).is(404);
    at.user.post("/api/v1/sessions/" + nobodys + "/stop").is(404);
  }

  @Test
  void accessSession_forSomebodyElse_isForAdministrators() {
    JsonObject wanted = json().put("durationSeconds", 600).put("userId", "jdoe");
    assertThat(at.admin.post("/api/v1/sessions", wanted).is(201).json().getString("userId"))
        .isEqualTo(at.userRecord.getString("id"));
    at.other.post("/api/v1/sessions", wanted).is(403);
    at.stranger.post("/api/v1/sessions", wanted).is(404);
  }

  @Test
  void administrator_listsAndStopsEverySession() {
    String id = at.accessSession(at.user, 1).getString("id");
    assertThat(
            at.admin.get("/api/v1/sessions/admin?user=jdoe&status=ACTIVE").is(200).array().stream()
                .map(session -> ((JsonObject) session).getString("id")))
        .contains(id);
    at.admin.post("/api/v1/sessions/admin/" + id + "/stop").is(200);
    assertThat(at.user.get("/api/v1/sessions/" + id).is(200).json().getString("endedReason"))
        .isEqualTo("ADMIN");
    at.user.get("/api/v1/sessions/admin").is(403);
    at.user.post("/api/v1/sessions/admin/" + id + "/stop").is(403);
  }

  @Test
  void apiKey_isMadeListedAndRevoked() {
    JsonObject made =
        at.admin
            .post(
                "/api/v1/api-keys",
                json()
                    .put("name", "short-lived")
                    .put("description", "to be revoked")
                    .put("scopes", new JsonArray().add("sessions:read"))
                    .put("expiresAt", "2100-01-01T00:00:00Z")
                    .put("userId", "jdoe"))
            .is(201)
            .json();
    Caller holder = at.anonymous.withKey(made.getString("plainTextKey"));
    holder.get("/api/v1/sessions").is(200);
    holder.post("/api/v1/sessions", json().put("durationHours", 1)).refuses(403, "sessions:write");
    assertThat(at.admin.get("/api/v1/api-keys").is(200).text())
        .contains(made.getString("keyPrefix"))
        .doesNotContain(made.getString("plainTextKey"));
    at.admin.delete("/api/v1/api-keys/" + made.getString("id")).is(204);
    Await.until("the key opens nothing", () -> holder.get("/api/v1/sessions").status() == 401);
    at.admin.delete("/api/v1/api-keys/" + made.getString("id")).is(404);
    at.organisation.delete("/api/v1/api-keys/" + Installation.unknownId()).is(404);
  }

  @Test
  void apiKey_grantsNoScopeThatItsMakerLacks() {
    Caller limited = at.key("admin", List.of("admin"));
    JsonObject wanted =
        json().put("name", "more").put("scopes", new JsonArray().add("recording:encrypt"));
    limited.post("/api/v1/api-keys", wanted).refuses(403, "recording:encrypt");
    at.organisation.post("/api/v1/api-keys", wanted.copy().put("userId", "jdoe")).is(404);
  }

  @Test
  void login_isOpenedRefreshedAndEnded() {
    JsonObject tokens =
        at.anonymous.post("/api/v1/auth/login", at.passwordUser("root", "USER")).is(200).json();
    assertThat(tokens.getInteger("expiresIn")).isBetween(890, 900);
    assertThat(tokens.getString("tokenType")).isEqualTo("Bearer");
    at.bearer(tokens).get("/api/v1/sessions").is(200);
    JsonObject refreshed =
        at.anonymous
            .post(
                "/api/v1/auth/refresh",
                json().put("refreshToken", tokens.getString("refreshToken")))
            .is(200)
            .json();
    at.bearer(refreshed).get("/api/v1/sessions").is(200);
    at.bearer(refreshed).post("/api/v1/auth/logout").is(204);
    at.bearer(refreshed).get("/api/v1/sessions").is(401);
    at.bearer(tokens).get("/api/v1/sessions").is(401);
    assertThat(at.anonymous.get("/.well-known/jwks.json").is(200).header("Cache-Control"))
        .isEqualTo("public, max-age=300");
  }
}
