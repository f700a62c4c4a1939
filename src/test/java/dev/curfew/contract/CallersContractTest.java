package dev.curfew.contract;

import static dev.curfew.contract.Installation.GATEWAY;
import static dev.curfew.contract.Installation.PSM;
import static dev.curfew.contract.Installation.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may ask what, in every dialect, and what is answered where nothing is. */
class CallersContractTest {
  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  @Test
  void everyDialect_withoutCredential_answers401() {
    String id = Installation.unknownId();
    for (Caller nobody : List.of(at.anonymous, at.anonymous.withKey("cfw_nonsense"))) {
      nobody.get("/api/v1/sessions/" + id).is(401);
      nobody.post("/api/v1/sessions/" + id + "/extend", json()).is(401);
      nobody.get("/api/v1/admin/users").is(401);
      nobody.get("/api/v1/recordings/" + id).is(401);
      nobody.get("/metrics").is(401);
      nobody.get("/api/v1/alerts").is(401);
      nobody.get(STATUS + "1").is(401);
      nobody.send("HEAD", STATUS + "1").is(401);
      nobody.post(PSM + "Polling", json()).is(401);
      nobody.get(PSM + "GetIP").is(401);
    }
  }

  @Test
  void bearer_isAsGoodAsTheKeyHeader() {
    at.anonymous
        .with("Authorization", "Bearer " + at.node.adminKey())
        .get("/api/v1/sessions")
        .is(200);
  }

  @Test
  void auditor_readsAndChangesNothing() {
    String id = at.psmSession();
    at.auditor.get("/api/v1/admin/users").is(200);
    at.auditor.get("/api/v1/admin/sessions").is(200);
    at.auditor.get("/api/v1/admin/sessions/" + id).is(200);
    at.auditor.get("/api/v1/events").is(200);
    at.auditor.post("/api/v1/admin/users", json().put("username", "nobody")).is(403);
    at.auditor.post("/api/v1/admin/sessions/" + id + "/revoke", json()).is(403);
    at.auditor
        .post("/api/v1/admin/sessions/" + id + "/extend", json().put("additionalSeconds", 60))
        .is(403);
    at.auditor.post("/api/v1/sessions", json().put("durationHours", 1)).is(403);
    at.auditor
        .post(PSM + "EndSession", json().put("session", id).put("processInstance", GATEWAY))
        .is(403);
    assertThat(at.shown(id).getString("state")).isEqualTo("active");
  }

  @Test
  void strayRequest_isRefusedInTheDialectsOwnShape() {
    for (String path :
        List.of("/api/v1/nothing", "/api/v1/sessions/a/b/c", STATUS + "1/more", PSM + "Nothing")) {
      at.admin.sendAstray("GET", path).is(404);
    }
    assertThat(at.admin.sendAstray("DELETE", "/api/v1/sessions").is(405).header("Allow"))
        .isEqualTo("GET, POST");
    assertThat(at.admin.sendAstray("PUT", "/api/v1/admin/users/7").is(405).header("Allow"))
        .isEqualTo("DELETE, GET, PATCH");
    assertThat(at.admin.sendAstray("POST", STATUS + "1").is(405).header("Allow"))
        .isEqualTo("GET, HEAD, OPTIONS");
    assertThat(at.admin.sendAstray("GET", PSM + "polling").is(405).header("Allow"))
        .isEqualTo("POST");
    assertThat(at.admin.sendAstray("POST", "/api/v1/alerts").is(405).header("Allow"))
        .isEqualTo("GET");
    at.admin.sendAstray("POST", "/health/live").is(405);
  }
}
