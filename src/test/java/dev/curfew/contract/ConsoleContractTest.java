package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The administration of active sessions of a running node, every call, as its document says. */
class ConsoleContractTest {
  private static final String ACTIVE = "/api/v1/admin/active-sessions";
  private static final String DEVICE = "/api/v1/admin/device-sessions";
  private static final String TIMED = "/api/v1/admin/timed-access";
  private static final String REQUESTS = "/api/v2/accessrequests";

  private static Installation at;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
  }

  @AfterAll
  static void stop() {
    try {
      at.dialects.console.assertEveryOperationSucceeded();
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private static String user() {
    String name = Installation.fresh("worker");
    at.admin.post("/api/v1/admin/users", json().put("username", name)).is(201);
    return name;
  }

  private static JsonObject deviceGrant(String user) {
    return json()
        .put("userId", user)
        .put("deviceId", "laptop-7")
        .put("deviceName", "JDOE-LAPTOP")
        .put("durationSeconds", 3_600)
        .put("sudo", json().put("enabled", true).put("withoutPassword", false))
        .put("remarks", "Driver update");
  }

  private static JsonObject device(String user) {
    return at.admin.post(DEVICE, deviceGrant(user)).is(201).json();
  }

  private static JsonObject timed(String user) {
    return at.admin
        .post(
            TIMED,
            json()
                .put("userId", user)
                .put("resourceId", "crm")
                .put("resourceName", "Customer database")
                .put("durationSeconds", 1_800)
                .put("remarks", "Quarterly audit"))
        .is(201)
        .json();
  }

  private static JsonObject list(Caller by, String query) {
    return by.get(ACTIVE + query).is(200).json();
  }

  // The page of the origin product: both tabs, one revoked, several revoked.

  @Test
  void deviceAdminTab_showsWhoHoldsRightsOnWhichDevice() {
    String user = user();
    JsonObject granted = device(user);
    timed(user);
    JsonObject tab = list(at.admin, "?kind=device_admin&user=" + user);
    assertThat(tab.getInteger("total")).isEqualTo(1);
    JsonObject row = tab.getJsonArray("items").getJsonObject(0);
    assertThat(row.getString("id")).isEqualTo(granted.getString("id"));
    assertThat(row.getJsonObject("user").getString("username")).isEqualTo(user);
    assertThat(row.getJsonObject("device"))
        .isEqualTo(json().put("id", "laptop-7").put("name", "JDOE-LAPTOP"));
    assertThat(row.getJsonObject("grantedBy").getString("username")).isEqualTo("admin");
    assertThat(row.getInteger("timeRemainingSeconds")).isBetween(3_400, 3_600);
    assertThat(row.getJsonObject("sudo"))
        .isEqualTo(json().put("enabled", true).put("withoutPassword", false));
    assertThat(row.getString("remarks")).isEqualTo("Driver update");
  }

  @Test
  void timedAccessTab_showsTheApprovedDuration() {
    String user = user();
    device(user);
    timed(user);
    JsonObject row =
        list(at.auditor, "?kind=timed_access&user=" + user).getJsonArray("items").getJsonObject(0);
    assertThat(row.getInteger("approvedDurationSeconds")).isEqualTo(1_800);
    assertThat(row.getJsonObject("resource"))
        .isEqualTo(json().put("id", "crm").put("name", "Customer database"));
  }

  @Test
  void revoke_ofOne_takesEffectWhateverTimeIsLeft() {
    String user = user();
    String id = device(user).getString("id");
    JsonObject done =
        at.admin
            .post(ACTIVE + "/" + id + "/revoke", json().put("reason", "The incident is closed"))
            .is(200)
            .json();
    assertThat(done.getJsonArray("revoked")).containsExactly(id);
    assertThat(done.getJsonObject("session").getString("endReason")).isEqualTo("revoked");
    assertThat(list(at.admin, "?user=" + user).getInteger("total")).isZero();
    JsonObject again = at.admin.post(ACTIVE + "/" + id + "/revoke").is(200).json();
    assertThat(again.getJsonArray("alreadyEnded")).containsExactly(id);
    at.organisation.post(ACTIVE + "/" + id + "/revoke").is(404);
    at.admin.post(ACTIVE + "/" + Installation.unknownId() + "/revoke").is(404);
    at.admin.post(ACTIVE + "/x/revoke").refuses(400, "id");
    assertThat(at.shown(id).getJsonArray("history").encode()).contains("The incident is closed");
  }

  @Test
  void revoke_ofSeveral() {
    String user = user();
    String first = device(user).getString("id");
    String second = timed(user).getString("id");
    String foreign = at.accessSession(at.stranger, 1).getString("id");
    String unknown = Installation.unknownId();
    JsonArray ids = new JsonArray().add(first).add(second).add(first).add(unknown);
    JsonObject done = at.admin.post(ACTIVE + "/revoke", json().put("ids", ids)).is(200).json();
    assertThat(done.getJsonArray("revoked")).containsExactly(first, second);
    assertThat(done.getJsonArray("notFound")).containsExactly(unknown);
    JsonObject strange =
        at.organisation
            .post(ACTIVE + "/revoke", json().put("ids", new JsonArray().add(first).add(foreign)))
            .is(200)
            .json();
    assertThat(strange.getJsonArray("revoked")).containsExactly(foreign);
    assertThat(strange.getJsonArray("notFound")).containsExactly(first);
  }

  @Test
  void revoke_byFilter_onlyAsManyAsWereSeen() {
    String user = user();
    device(user);
    timed(user);
    JsonObject filter = json().put("user", user);
    JsonObject wanted = json().put("filter", filter).put("expected", 1).put("reason", "Over");
    Reply changed = at.admin.post(ACTIVE + "/revoke", wanted).is(409);
    assertThat(changed.json().getInteger("count")).isEqualTo(2);
    assertThat(list(at.admin, "?user=" + user).getInteger("total")).isEqualTo(2);
    assertThat(
            at.admin
                .post(ACTIVE + "/revoke", wanted.put("expected", 2))
                .is(200)
                .json()
                .getJsonArray("revoked"))
        .hasSize(2);
  }

  @Test
  void revoke_refuses() {
    String path = ACTIVE + "/revoke";
    String id = device(user()).getString("id");
    JsonArray ids = new JsonArray().add(id);
    at.admin.post(path).refuses(400, "ids");
    at.admin.post(path, json().put("ids", ids).put("filter", json())).refuses(400, "ids");
    at.admin.post(path, json().put("ids", "all")).refuses(400, "ids");
    at.admin.post(path, json().put("ids", new JsonArray().add("x"))).refuses(400, "ids[0]");
    at.admin.post(path, json().put("ids", new JsonArray().add(7))).refuses(400, "ids[0]");
    at.admin.post(path, json().put("filter", json())).refuses(400, "expected");
    at.admin
        .post(path, json().put("filter", json().put("kind", "car")).put("expected", 1))
        .refuses(400, "kind");
    at.admin
        .post(path, json().put("filter", json().put("usr", "x")).put("expected", 1))
        .refuses(400, "usr");
    at.admin
        .post(path, json().put("filter", json()).put("expected", 10_001))
        .refuses(400, "expected");
    at.admin.post(path, json().put("ids", ids).put("reason", "a\0b")).refuses(400, "reason");
    JsonArray tooMany = new JsonArray();
    for (int i = 0; i <= 10_000; i++) {
      tooMany.add(Installation.unknownId());
    }
    at.admin.post(path, json().put("ids", tooMany)).refuses(400, "ids");
    at.auditor.post(path, json().put("ids", ids)).is(403);
    at.user.post(path, json().put("ids", ids)).is(403);
    at.anonymous.post(path, json().put("ids", ids)).is(401);
    assertThat(at.shown(id).getString("state")).isEqualTo("active");
  }

  @Test
  void list_isPagedSortedAndNarrowed() {
    String user = user();
    for (int i = 0; i < 3; i++) {
      device(user);
    }
    JsonObject first = list(at.admin, "?user=" + user + "&sort=-started&limit=2");
    assertThat(first.getInteger("total")).isEqualTo(3);
    assertThat(first.getJsonArray("items")).hasSize(2);
    JsonObject second =
        list(at.admin, "?user=" + user + "&sort=-started&limit=2&after=" + first.getString("next"));
    assertThat(second.getJsonArray("items")).hasSize(1);
    assertThat(second.getString("next")).isNull();
    assertThat(list(at.admin, "?q=" + user.toUpperCase(java.util.Locale.ROOT)).getInteger("total"))
        .isEqualTo(3);
    assertThat(
            list(at.admin, "?realm=acme&kind=device_admin,timed_access&user=stranger")
                .getInteger("total"))
        .isZero();
    at.organisation.get(ACTIVE + "?user=" + user).is(404);
    at.admin.get(ACTIVE + "?sort=colour").refuses(400, "sort");
    at.admin.get(ACTIVE + "?kind=car").refuses(400, "kind");
    at.admin.get(ACTIVE + "?limit=0").refuses(400, "limit");
    at.admin.get(ACTIVE + "?after=x").refuses(400, "after");
    at.admin.get(ACTIVE + "?realm=nowhere").is(404);
    at.user.get(ACTIVE).is(403);
    at.anonymous.get(ACTIVE).is(401);
  }

  @Test
  void grants_refuseBadInput() {
    String user = user();
    for (String field : List.of("userId", "deviceId", "durationSeconds")) {
      JsonObject missing = deviceGrant(user);
      missing.remove(field);
      at.admin.post(DEVICE, missing).refuses(400, field);
      at.admin.post(DEVICE, deviceGrant(user).put(field, new JsonArray())).refuses(400, field);
    }
    at.admin.post(DEVICE, deviceGrant(user).put("durationSeconds", -1)).refuses(400, "duration");
    at.admin
        .post(DEVICE, deviceGrant(user).put("durationSeconds", Long.MAX_VALUE))
        .refuses(400, "duration");
    at.admin.post(DEVICE, deviceGrant(user).put("sudo", true)).refuses(400, "sudo");
    at.admin
        .post(DEVICE, deviceGrant(user).put("sudo", json().put("enabled", "yes")))
        .refuses(400, "enabled");
    at.admin.post(DEVICE, deviceGrant("nobody")).is(404);
    at.admin.post(DEVICE, deviceGrant(user).put("policy", 999_999)).is(404);
    at.admin.post(TIMED, json().put("userId", user)).refuses(400, "resourceId");
    at.user.post(DEVICE, deviceGrant(user)).is(403);
    at.auditor.post(DEVICE, deviceGrant(user)).is(403);
    at.organisation.post(DEVICE, deviceGrant(user)).is(404);
    assertThat(list(at.admin, "?user=" + user).getInteger("total")).isZero();
  }

  // Scripts of the origin product

  private static JsonObject request(String user, Instant expiry) {
    return json()
        .put("requestorId", user)
        .put("resourceId", "laptop-9")
        .put("resourceType", "device")
        .put("expiry", expiry.toString())
        .put("remarks", "Driver update")
        .put(
            "additionalAttributes",
            json().put("sudo", json().put("enabled", true).put("withoutPassword", true)));
  }

  private static Instant inAnHour() {
    return Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS);
  }

  @Test
  void accessRequest_isMadeProlongedAndRevoked() {
    Instant expiry = inAnHour();
    JsonObject made = at.admin.post(REQUESTS, request(user(), expiry)).is(200).json();
    String path = REQUESTS + "/" + made.getString("accessId");
    assertThat(made.getString("accessState")).isEqualTo("granted");
    assertThat(made.getInstant("expiry")).as("exactly").isEqualTo(expiry);
    assertThat(made.getInteger("version")).isEqualTo(1);
    assertThat(made.getJsonObject("additionalAttributes"))
        .isEqualTo(json().put("sudo", json().put("enabled", true).put("withoutPassword", true)));
    assertThat(at.auditor.get(path).is(200).json()).isEqualTo(made);

    Instant later = expiry.plusSeconds(600);
    JsonObject prolonged =
        at.admin
            .send(
                "PUT",
                path,
                json().put("expiry", later.toString()).put("remarks", "Takes longer").encode())
            .is(200)
            .json();
    assertThat(prolonged.getInstant("expiry")).isEqualTo(later);
    assertThat(prolonged.getString("remarks")).isEqualTo("Takes longer");
    assertThat(prolonged.getInteger("version")).isGreaterThan(1);
    at.admin
        .send("PUT", path, json().put("expiry", expiry.toString()).encode())
        .refuses(400, "expiry");
    at.admin
        .send("PUT", path, json().put("expiry", expiry.plusSeconds(200_000).toString()).encode())
        .is(400);

    JsonObject revoked = at.admin.post(path + "/revoke", json()).is(200).json();
    assertThat(revoked.getString("accessState")).isEqualTo("revoked");
    assertThat(revoked.getInteger("version")).isGreaterThan(prolonged.getInteger("version"));
    assertThat(at.admin.post(path + "/revoke", json()).is(200).json()).isEqualTo(revoked);
    at.admin
        .send("PUT", path, json().put("expiry", later.plusSeconds(60).toString()).encode())
        .is(409);
  }

  @Test
  void accessRequest_whoseTimeIsUp_hasExpired() {
    JsonObject made =
        at.admin.post(REQUESTS, request(user(), Instant.now().plusMillis(400))).is(200).json();
    String path = REQUESTS + "/" + made.getString("accessId");
    Await.until(
        "it expires",
        () -> at.admin.get(path).is(200).json().getString("accessState").equals("expired"));
  }

  @Test
  void accessRequests_areListedInPages() {
    for (int i = 0; i < 3; i++) {
      at.admin.post(REQUESTS, request(user(), inAnHour())).is(200);
    }
    Reply first = at.admin.get(REQUESTS + "?limit=2").is(200);
    assertThat(first.array()).hasSize(2);
    String next = at.node.url() + REQUESTS + "?limit=2&skip=2";
    assertThat(first.header("Link")).isEqualTo("<" + next + ">; rel=\"next\"");
    Reply second = at.admin.get(REQUESTS + "?limit=2&skip=2").is(200);
    assertThat(second.array().getJsonObject(0)).isNotEqualTo(first.array().getJsonObject(0));
    Reply last = at.admin.get(REQUESTS + "?limit=100&skip=0").is(200);
    assertThat(last.header("Link")).isNull();
    at.admin.get(REQUESTS + "?limit=101").refuses(400, "limit");
    at.admin.get(REQUESTS + "?skip=-1").refuses(400, "skip");
    assertThat(at.organisation.get(REQUESTS).is(200).array()).isEmpty();
    at.user.get(REQUESTS).is(403);
  }

  @Test
  void accessRequest_refuses() {
    String user = user();
    for (String field : List.of("requestorId", "resourceId", "resourceType", "expiry")) {
      JsonObject missing = request(user, inAnHour());
      missing.remove(field);
      at.admin.post(REQUESTS, missing).refuses(400, field);
    }
    at.admin
        .post(REQUESTS, request(user, inAnHour()).put("resourceType", "printer"))
        .refuses(400, "resourceType");
    at.admin.post(REQUESTS, request(user, Instant.now().minusSeconds(60))).refuses(400, "expiry");
    at.admin
        .post(REQUESTS, request(user, inAnHour()).put("expiry", 1_771_969_289))
        .refuses(400, "expiry");
    at.admin.post(REQUESTS, request(user, Instant.parse("9999-01-01T00:00:00Z"))).is(400);
    String path = REQUESTS + "/" + Installation.unknownId();
    assertThat(at.admin.get(path).is(404).json()).isEqualTo(json().put("message", "Not Found"));
    at.admin.get(REQUESTS + "/5f0c1e").is(404);
    at.admin.send("PUT", path, "{}").is(404);
    at.admin.post(path + "/revoke", json()).is(404);
    String made =
        at.admin.post(REQUESTS, request(user, inAnHour())).is(200).json().getString("accessId");
    at.organisation.get(REQUESTS + "/" + made).is(404);
    at.organisation.post(REQUESTS + "/" + made + "/revoke", json()).is(404);
    at.auditor.post(REQUESTS + "/" + made + "/revoke", json()).is(403);
    at.user.get(REQUESTS + "/" + made).is(403);
    assertThat(at.anonymous.get(REQUESTS).is(401).json().fieldNames()).containsExactly("message");
    at.admin.sendAstray("DELETE", REQUESTS + "/" + made).is(405);
  }
}
