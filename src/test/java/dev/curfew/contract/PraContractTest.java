package dev.curfew.contract;

import static dev.curfew.contract.Installation.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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

  // Requests and approvals

  private static final String APPROVAL = "/api/config/v1/jump-approval/";
  private static final String DATE =
      "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\+00:00";

  private static @Nullable Caller requestor;
  private static int requestorId;

  /** Of their own, so that what they have asked for is theirs alone. */
  private static synchronized Caller requestor() {
    if (requestor == null) {
      String name = Installation.fresh("requestor");
      requestorId =
          at.admin
              .post("/api/v1/admin/users", json().put("username", name))
              .is(201)
              .json()
              .getInteger("numericId");
      requestor = at.key(name, List.of("pra:read", "pra:write"));
    }
    return Objects.requireNonNull(requestor);
  }

  private static JsonObject wanted() {
    requestor();
    return json()
        .put("user_id", requestorId)
        .put("jump_item_type", "jump_client")
        .put("jump_item_id", 8)
        .put("start", Instant.now().getEpochSecond())
        .put("duration", 300)
        .put("reason", "Restart the print server");
  }

  private static long asked() {
    return requestor().post(APPROVAL + "request", wanted()).is(200).json().getLong("id");
  }

  private static JsonObject answer(long id, String answer) {
    return json().put("id", id).put("user_id", 1).put("answer", answer);
  }

  private static JsonObject shown(long id) {
    return requestor().get(APPROVAL + requestorId + "/view/" + id).is(200).json();
  }

  @Test
  void request_isAskedForApprovedAndUsed() {
    JsonObject done = requestor().post(APPROVAL + "request", wanted()).is(200).json();
    long id = done.getLong("id");
    assertThat(done.getString("state")).isEqualTo("pending");
    JsonObject pending = shown(id);
    assertThat(pending.getString("start_timestamp")).matches(DATE);
    assertThat(pending.getInteger("duration")).isEqualTo(300);
    assertThat(pending.getString("request_reason")).isEqualTo("Restart the print server");
    assertThat(pending.getInteger("created_by_user_id")).isEqualTo(requestorId);
    assertThat(requestor().get(STATUS + requestorId).is(200).text()).doesNotContain("\"id\":" + id);

    at.admin
        .post(APPROVAL + "approve", answer(id, "approved").put("comments", "Until noon"))
        .is(200);
    JsonObject session =
        requestor().get(STATUS + requestorId).is(200).array().stream()
            .map(JsonObject.class::cast)
            .filter(status -> status.getLong("id") == id)
            .findFirst()
            .orElseThrow();
    assertThat(session.getString("state")).isEqualTo("approved");
    assertThat(session.getInteger("jump_item_id")).isEqualTo(8);
    assertThat(session.getInteger("created_by_user_id")).isEqualTo(requestorId);
    assertThat(session.getInteger("duration")).isEqualTo(300);
    assertThat(shown(id).getString("response_comments")).isEqualTo("Until noon");

    String uuid =
        at
            .admin
            .get("/api/v1/admin/sessions?kind=jump")
            .is(200)
            .json()
            .getJsonArray("items")
            .stream()
            .map(JsonObject.class::cast)
            .filter(row -> row.getLong("numericId") == id)
            .findFirst()
            .orElseThrow()
            .getString("id");
    at.admin.post("/api/v1/admin/sessions/" + uuid + "/activate").is(200);
    assertThat(shown(id).getString("state")).isEqualTo("in_use");
    assertThat(
            requestor()
                .get(APPROVAL + requestorId + "?state=in_use")
                .is(200)
                .array()
                .getJsonObject(0)
                .getLong("id"))
        .isEqualTo(id);
  }

  @Test
  void request_withADateAsStart_andForAnotherByAnAdministrator() {
    long id =
        at.admin
            .post(APPROVAL + "request", wanted().put("start", Instant.now().toString()))
            .is(200)
            .json()
            .getLong("id");
    assertThat(shown(id).getInteger("created_by_user_id")).as("who asked").isEqualTo(1);
    at.admin.post(APPROVAL + "cancel", json().put("id", id).put("user_id", 1)).is(200);
  }

  @Test
  void request_isCancelledAndDenied_andThenNothingElse() {
    long cancelled = asked();
    JsonObject cancel = json().put("id", cancelled).put("user_id", requestorId);
    assertThat(requestor().post(APPROVAL + "cancel", cancel).is(200).json().getString("state"))
        .isEqualTo("cancelled");
    Reply late = at.admin.post(APPROVAL + "approve", answer(cancelled, "approved")).is(400);
    assertThat(late.json().getString("message")).contains("cancelled");
    long denied = asked();
    at.admin.post(APPROVAL + "approve", answer(denied, "denied")).is(200);
    requestor()
        .post(APPROVAL + "cancel", json().put("id", denied).put("user_id", requestorId))
        .is(400);
    assertThat(shown(denied).getString("state")).isEqualTo("denied");
  }

  @Test
  void request_refusesBadInput_namingTheField() {
    String path = APPROVAL + "request";
    for (String field : wanted().fieldNames()) {
      JsonObject missing = wanted();
      missing.remove(field);
      requestor().post(path, missing).refuses(422, field);
      requestor().post(path, wanted().put(field, json())).refuses(422, field);
    }
    requestor().post(path, wanted().put("duration", 59)).refuses(422, "duration");
    requestor().post(path, wanted().put("duration", Long.MAX_VALUE)).refuses(422, "duration");
    requestor().post(path, wanted().put("duration", 8 * 3600 + 1)).refuses(422, "duration");
    requestor().post(path, wanted().put("jump_item_id", 0)).refuses(422, "jump_item_id");
    requestor().post(path, wanted().put("jump_item_type", "a\0b")).refuses(422, "jump_item_type");
    requestor().post(path, wanted().put("start", "tomorrow")).refuses(422, "start");
    requestor().post(path, wanted().put("start", Long.MAX_VALUE)).refuses(422, "start");
    requestor().post(path, wanted().put("start", -1)).refuses(422, "start");
    requestor().post(path, wanted().put("start", 1_000_000)).refuses(422, "start");
    requestor().post(path, wanted().put("user_id", 999_999)).refuses(422, "user_id");
    requestor().post(path, wanted().put("colour", "red")).refuses(422, "colour");
    requestor().post(path + "?dry=1", wanted()).refuses(422, "dry");
    requestor().send("POST", path, "{\"user_id\":").is(422);
    at.other.post(path, wanted()).is(403);
    at.anonymous.post(path, wanted()).is(401);
    Caller strange = at.key("stranger", List.of("pra:read", "pra:write"));
    strange.post(path, wanted()).refuses(422, "user_id");
  }

  @Test
  void answer_refusesBadInput_andOthers() {
    long id = asked();
    String path = APPROVAL + "approve";
    at.admin.post(path, answer(id, "perhaps")).refuses(422, "answer");
    at.admin.post(path, answer(id, "approved").put("user_id", "admin")).refuses(422, "user_id");
    at.admin.post(path, answer(id, "approved").put("comment", "x")).refuses(422, "comment");
    at.admin.post(path, answer(999_999_999, "approved")).is(404);
    at.admin.post(path, answer(id, "approved").put("user_id", requestorId)).is(403);
    requestor().post(path, answer(id, "approved").put("user_id", requestorId)).is(403);
    at.organisation.post(path, answer(id, "approved")).is(404);
    at.auditor.post(path, answer(id, "approved")).is(403);
    at.admin.post(APPROVAL + "cancel", json().put("id", id)).refuses(422, "user_id");
    at.admin.post(APPROVAL + "cancel", json().put("id", 999_999_999).put("user_id", 1)).is(404);
    assertThat(shown(id).getString("state")).isEqualTo("pending");
  }

  @Test
  void requests_arePaged() {
    String name = Installation.fresh("pager");
    int user =
        at.admin
            .post("/api/v1/admin/users", json().put("username", name))
            .is(201)
            .json()
            .getInteger("numericId");
    Caller pager = at.key(name, List.of("pra:read", "pra:write"));
    Reply none = pager.get(APPROVAL + user).is(200);
    assertThat(none.array()).isEmpty();
    assertThat(none.header("X-BT-Pagination-Total")).isEqualTo("0");
    assertThat(none.header("X-BT-Pagination-Last-Page")).isEqualTo("1");
    for (int i = 0; i < 5; i++) {
      pager.post(APPROVAL + "request", wanted().put("user_id", user)).is(200);
    }
    Reply second = pager.get(APPROVAL + user + "?state=pending&per_page=2&current_page=2").is(200);
    assertThat(second.array()).hasSize(2);
    assertThat(second.header("X-BT-Pagination-Current-Page")).isEqualTo("2");
    assertThat(second.header("X-BT-Pagination-Per-Page")).isEqualTo("2");
    assertThat(second.header("X-BT-Pagination-Last-Page")).isEqualTo("3");
    assertThat(second.header("X-BT-Pagination-Total")).isEqualTo("5");
    String path = at.node.url() + APPROVAL + user + "?state=pending&per_page=2&current_page=";
    assertThat(second.header("Link"))
        .isEqualTo(
            "<"
                + path
                + "1>; rel=\"first\", <"
                + path
                + "1>; rel=\"previous\", <"
                + path
                + "3>; rel=\"next\", <"
                + path
                + "3>; rel=\"last\"");
    assertThat(pager.get(APPROVAL + user + "?current_page=9").is(200).array()).isEmpty();
    pager.get(APPROVAL + user + "?per_page=101").refuses(422, "per_page");
    pager.get(APPROVAL + user + "?per_page=0").refuses(422, "per_page");
    pager.get(APPROVAL + user + "?current_page=x").refuses(422, "current_page");
    pager.get(APPROVAL + user + "?state=open").refuses(422, "state");
    pager.get(APPROVAL + user + "?sort=id").refuses(422, "sort");
    at.other.get(APPROVAL + user).is(403);
    at.stranger.get(APPROVAL + user).refuses(422, "user_id");
  }

  @Test
  void view_ofWhatIsNotThere() {
    long id = asked();
    int mine = at.userRecord.getInteger("numericId");
    at.user.get(APPROVAL + mine + "/view/" + id).is(404);
    at.user.get(APPROVAL + mine + "/view/x").refuses(422, "id");
    at.other.get(APPROVAL + requestorId + "/view/" + id).is(403);
  }

  @Test
  void jumpPolicy_isReadAndChanged() {
    int id =
        at.admin
            .post(
                "/api/v1/admin/policies",
                json().put("name", Installation.fresh("jump")).put("approvalRequired", true))
            .is(201)
            .json()
            .getInteger("id");
    String path = "/api/config/v1/jump-policy/" + id;
    JsonObject before = at.user.get(path).is(200).json();
    assertThat(before)
        .isEqualTo(
            new JsonObject(
                    """
                {"approval_required": true, "approval_max_duration": 480,
                 "approval_scope": "requestor", "warn_before_seconds": [300]}
                """)
                .put("id", id));
    JsonObject change =
        json()
            .put("approval_max_duration", 60)
            .put("approval_scope", "anyone")
            .put("warn_before_seconds", new JsonArray().add(60).add(600));
    JsonObject after = at.admin.send("PUT", path, change.encode()).is(200).json();
    assertThat(after.getBoolean("approval_required")).as("as it was").isTrue();
    assertThat(after.getInteger("approval_max_duration")).isEqualTo(60);
    assertThat(after.getJsonArray("warn_before_seconds")).containsExactly(600, 60);
    assertThat(at.user.get(path).is(200).json()).isEqualTo(after);
    assertThat(at.admin.send("PUT", path, after.encode()).is(200).json()).isEqualTo(after);

    refusesPolicy(path, json().put("approval_max_duration", 0), "approval_max_duration");
    refusesPolicy(path, json().put("approval_scope", "all"), "approval_scope");
    refusesPolicy(path, json().put("warn_before_seconds", 300), "warn_before_seconds");
    refusesPolicy(
        path, json().put("warn_before_seconds", new JsonArray().add(0)), "warn_before_seconds");
    refusesPolicy(path, json().put("approval_required", "yes"), "approval_required");
    refusesPolicy(path, json().put("name", "other"), "name");
    refusesPolicy(path, json().put("id", id + 1), "id");
    at.user.send("PUT", path, "{}").is(403);
    requestor().send("PUT", path, "{}").is(403);
    at.organisation.send("PUT", path, "{}").is(404);
    at.stranger.get(path).is(404);
    at.user.get("/api/config/v1/jump-policy/0").refuses(422, "id");
    assertThat(at.user.get(path).is(200).json()).isEqualTo(after);
  }

  private static void refusesPolicy(String path, JsonObject change, String field) {
    at.admin.send("PUT", path, change.encode()).refuses(422, field);
  }

  @Test
  void everyPath_tellsItsMethods_andRefusesOthers() {
    long id = asked();
    Map<String, String> paths =
        Map.of(
            APPROVAL + requestorId,
            "GET, HEAD, OPTIONS",
            APPROVAL + requestorId + "/view/" + id,
            "GET, HEAD, OPTIONS",
            APPROVAL + "request",
            "OPTIONS, POST",
            APPROVAL + "approve",
            "OPTIONS, POST",
            APPROVAL + "cancel",
            "OPTIONS, POST",
            "/api/config/v1/jump-policy/1",
            "GET, HEAD, OPTIONS, PUT");
    paths.forEach(
        (path, methods) -> {
          assertThat(requestor().send("OPTIONS", path).is(204).header("Allow"))
              .as(path)
              .isEqualTo(methods);
          assertThat(requestor().sendAstray("DELETE", path).is(405).header("Allow"))
              .as(path)
              .isEqualTo(methods);
          if (methods.contains("HEAD")) {
            assertThat(requestor().send("HEAD", path).is(200).text()).isEmpty();
          } else {
            assertThat(requestor().get(path).is(405).header("Allow")).isEqualTo(methods);
            assertThat(requestor().send("HEAD", path).is(405).header("Allow")).isEqualTo(methods);
          }
        });
    requestor().sendAstray("GET", "/api/config/v1/nothing").is(404);
  }

  @Test
  void otherProduct_hasNoSessionStatus_andItsTrustedAccountsNoLimit() {
    try (Installation rs =
        Installation.start(
            Map.of(
                "pra.product", "rs",
                "pra.rate-limit.per-second", "3",
                "pra.rate-limit.exempt", "root/jdoe"))) {
      int id = rs.userRecord.getInteger("numericId");
      rs.anonymous.get(STATUS + id).is(401);
      rs.user.get(STATUS + id).is(404);
      rs.user.get(STATUS + "nobody").is(404);
      assertThat(rs.user.get(APPROVAL + id).is(200).array()).isEmpty();
      for (int i = 0; i < 10; i++) {
        assertThat(rs.user.get(APPROVAL + id).is(200).header("X-RateLimit-Limit")).isNull();
      }
      // Refusals count, and tell what is left, too.
      Reply refusal = rs.gateway.get(APPROVAL + id).is(403);
      assertThat(refusal.header("X-RateLimit-Limit")).isEqualTo("3");
      assertThat(refusal.header("X-RateLimit-Remaining")).isEqualTo("2");
      Await.until("the limit is reached", () -> rs.gateway.get(APPROVAL + id).status() == 429);
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
