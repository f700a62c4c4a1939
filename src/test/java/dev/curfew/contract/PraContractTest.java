package dev.curfew.contract;

import static dev.curfew.contract.Installation.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The PRA dialect of a running node, every call, as its document says. */
class PraContractTest {
  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
  }

  @AfterAll
  static void stop() {
    try {
      at.dialects.pra.assertEveryOperationSucceeded();
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  @Test
  void sessionStatus_showsWhatIsLeft_andFollowsAnExtension() {
    String name = Installation.fresh("jumper");
    int userId =
        at.admin
            .post("/api/v1/admin/users", json().put("username", name))
            .is(201)
            .json()
            .getInteger("numericId");
    assertThat(at.user.get(STATUS + userId).is(200).array()).isEmpty();
    String id =
        at.session(
            json()
                .put("kind", "jump")
                .put("userId", userId)
                .put("durationSeconds", 300)
                .put("attributes", json().put("jumpItemId", 8).put("jumpItemType", "jump_client")));
    JsonObject status = at.user.get(STATUS + userId).is(200).array().getJsonObject(0);
    assertThat(status.getString("state")).isEqualTo("approved");
    assertThat(status.getInteger("duration")).isEqualTo(300);
    assertThat(status.getInteger("created_by_user_id")).as("who opened it").isEqualTo(1);
    assertThat(status.getLong("end_timestamp")).isEqualTo(status.getLong("start_timestamp") + 300);
    at.admin
        .post("/api/v1/admin/sessions/" + id + "/extend", json().put("additionalSeconds", 100))
        .is(200);
    at.admin.post("/api/v1/admin/sessions/" + id + "/activate").is(200);
    JsonObject extended = at.user.get(STATUS + userId).is(200).array().getJsonObject(0);
    assertThat(extended.getInteger("duration")).isEqualTo(400);
    assertThat(extended.getString("state")).isEqualTo("in_use");
    assertThat(extended.getLong("end_timestamp"))
        .isEqualTo(extended.getLong("start_timestamp") + 400);
    at.admin.post("/api/v1/admin/sessions/" + id + "/revoke").is(200);
    assertThat(at.user.get(STATUS + userId).is(200).array()).isEmpty();
  }

  @Test
  void sessionStatus_refuses() {
    int mine = at.userRecord.getInteger("numericId");
    at.user.get(STATUS + "999999").refuses(422, "user_id");
    at.user.get(STATUS + "0").refuses(422, "user_id");
    at.user.get(STATUS + "-3").refuses(422, "user_id");
    at.user.get(STATUS + "jdoe").refuses(422, "user_id");
    at.user.get(STATUS + "99999999999999999999").refuses(422, "user_id");
    at.user.get(STATUS + mine + "?sort=id").refuses(422, "sort");
    at.user.get(STATUS + mine + "?user_id=" + mine).refuses(422, "user_id");
    at.stranger.get(STATUS + mine).refuses(422, "user_id");
    at.gateway.get(STATUS + mine).is(403);
    at.user.send("HEAD", STATUS + mine).is(200);
    assertThat(at.user.send("OPTIONS", STATUS + mine).is(204).header("Allow"))
        .isEqualTo("GET, HEAD, OPTIONS");
  }

  @Test
  void sessionStatus_overTheAccountsLimit_is429AndTellsTheLimit() {
    try (Installation limited = Installation.start(Map.of("pra.rate-limit.per-second", "2"))) {
      String path = STATUS + limited.userRecord.getInteger("numericId");
      Reply first = limited.user.get(path).is(200);
      assertThat(first.header("X-RateLimit-Limit")).isEqualTo("2");
      assertThat(first.header("X-RateLimit-Remaining")).isEqualTo("1");
      Await.until("the limit is reached", () -> limited.user.get(path).status() == 429);
      assertThat(limited.other.get(path).is(200).header("X-RateLimit-Limit"))
          .as("another account has its own")
          .isEqualTo("2");
    }
  }

  @Test
  void account_getsATokenByItsSecret() {
    JsonObject account = at.oauthClient("pra:read");
    JsonObject token =
        at.client(account)
            .send("POST", "/oauth2/token", "grant_type=client_credentials")
            .is(200)
            .json();
    assertThat(token.getString("token_type")).isEqualTo("Bearer");
    assertThat(token.getInteger("expires_in")).isEqualTo(3_600);
    at.anonymous
        .with("Authorization", "Bearer " + token.getString("access_token"))
        .get(Installation.STATUS + "1")
        .is(200);
  }
}
