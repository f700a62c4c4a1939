package dev.curfew.contract;

import static dev.curfew.contract.Installation.GATEWAY;
import static dev.curfew.contract.Installation.PSM;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Input that nobody should send: each is refused with the dialect's own error that names the field,
 * tells nothing of the inside, and changes nothing.
 */
class BadInputTest {
  private static Installation at;
  private static String access;
  private static String psm;
  private static JsonObject accessBefore;
  private static JsonObject psmBefore;

  @BeforeAll
  static void start() {
    at = Installation.start(Map.of());
    access = at.accessSession(at.user, 1).getString("id");
    psm = at.psmSession();
    accessBefore = at.shown(access);
    psmBefore = at.shown(psm);
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  /** Whatever was sent, the sessions are what they were. */
  @AfterEach
  void nothingHasChanged() {
    for (String field :
        List.of("state", "expiresAt", "startedAt", "history", "attributes", "stage")) {
      assertThat(at.shown(access).getValue(field))
          .as(field)
          .isEqualTo(accessBefore.getValue(field));
      assertThat(at.shown(psm).getValue(field)).as(field).isEqualTo(psmBefore.getValue(field));
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  private static String extendPath() {
    return "/api/v1/sessions/" + access + "/extend";
  }

  // Bodies

  static Stream<byte[]> malformedBodies() {
    return Stream.of(
        bytes("{"),
        bytes("{\"session\":}"),
        bytes("{\"a\":1}{\"a\":2}"),
        bytes("{'a':1}"),
        bytes("[]"),
        bytes("[{}]"),
        bytes("null"),
        bytes("true"),
        bytes("7"),
        bytes("\"text\""),
        bytes("NaN"),
        bytes("{\"a\":NaN}"),
        bytes("{\"a\":" + "9".repeat(5_000) + "}"),
        bytes("[".repeat(20_000)),
        bytes("{\"a\":".repeat(20_000)),
        bytes("<xml/>"),
        bytes(" "),
        new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xC3, (byte) 0x28, '"', '}'},
        new byte[] {(byte) 0xFF, (byte) 0xFE, '{', 0, '}', 0},
        new byte[] {0, 1, 2, 3});
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @MethodSource("malformedBodies")
  void malformedBody_isRefusedByEveryDialect(byte[] body) {
    for (String target : List.of(extendPath(), "/api/v1/admin/sessions", PSM + "EndSession")) {
      at.admin.send("POST", target, body).is(400).tellsNothingOfTheInside();
    }
  }

  @Test
  void unknownFields_areIgnored_andNoBodyIsAnEmptyOne() {
    at.gateway
        .post(
            PSM + "Polling",
            json().put("session", psm).put("processInstance", GATEWAY).put("more", json()))
        .is(200);
    at.gateway.send("POST", PSM + "EndSession", new byte[0]).refuses(400, "session");
  }

  // Durations

  static Stream<String> badWholeNumbers() {
    return Stream.of(
        "0",
        "-1",
        "-9223372036854775808",
        "1.5",
        "1e400",
        "-1e400",
        "1e2",
        "\"1\"",
        "\"\"",
        "true",
        "[1]",
        "{}",
        "null");
  }

  @ParameterizedTest
  @MethodSource("badWholeNumbers")
  void duration_thatIsNoPositiveWholeNumber_isRefused(String value) {
    for (String field : List.of("additionalHours", "additionalSeconds")) {
      String named = value.equals("null") ? "additional" : field;
      at.user
          .send("POST", extendPath(), "{\"" + field + "\":" + value + "}")
          .refuses(400, named)
          .tellsNothingOfTheInside();
    }
    at.admin
        .send(
            "POST",
            "/api/v1/admin/sessions/" + access + "/extend",
            "{\"additionalSeconds\":" + value + "}")
        .refuses(400, "additionalSeconds");
    at.admin
        .send(
            "POST",
            "/api/v1/admin/sessions",
            "{\"kind\":\"access\",\"userId\":\"jdoe\",\"durationSeconds\":" + value + "}")
        .refuses(400, "durationSeconds");
    at.user
        .send("POST", "/api/v1/checkouts", "{\"credentialId\":1,\"durationSeconds\":" + value + "}")
        .refuses(400, "durationSeconds");
    if (!value.equals("null")) {
      at.user
          .send("POST", "/api/v1/sessions", "{\"durationHours\":" + value + "}")
          .refuses(400, "durationHours");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "25",
        "2147483647",
        "2147483648",
        "2562047788015",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999999999"
      })
  void duration_thatIsHuge_neverTurnsIntoAShortOne(String value) {
    at.user
        .send("POST", extendPath(), "{\"additionalHours\":" + value + "}")
        .is(400)
        .tellsNothingOfTheInside();
    at.user
        .send("POST", "/api/v1/sessions", "{\"durationHours\":" + value + "}")
        .is(400)
        .tellsNothingOfTheInside();
    if (value.length() > 4) {
      at.admin
          .send(
              "POST",
              "/api/v1/admin/sessions/" + psm + "/extend",
              "{\"additionalSeconds\":" + value + "}")
          .is(400)
          .tellsNothingOfTheInside();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0s",
        "0d0h",
        "-5m",
        "5",
        "5 m",
        "m",
        "",
        "1h1h",
        "5m1h",
        "P1D",
        "999999999d",
        "99999999999999999999s",
        "1.5h",
        "367d"
      })
  void durationText_thatIsNone_isRefused(String value) {
    JsonObject wanted = json().put("name", Installation.fresh("never"));
    for (String field : List.of("maxDuration", "maxIdle", "staleAfter", "approvalMaxDuration")) {
      at.admin
          .post("/api/v1/admin/policies", wanted.copy().put(field, value))
          .refuses(400, field)
          .tellsNothingOfTheInside();
    }
    at.admin
        .post("/api/v1/admin/policies", wanted.copy().put("warnBefore", new JsonArray().add(value)))
        .refuses(400, "warnBefore");
    assertThat(at.admin.get("/api/v1/admin/policies").text()).doesNotContain("never");
  }

  // Fields

  @Test
  void field_ofAnotherType_isRefusedByName() {
    JsonObject session = json().put("kind", "psm").put("userId", "jdoe").put("durationSeconds", 60);
    for (Object wrong : List.of(7, true, json(), new JsonArray())) {
      at.admin
          .post("/api/v1/admin/sessions", session.copy().put("kind", wrong))
          .refuses(400, "kind");
      at.admin
          .post("/api/v1/admin/sessions", session.copy().put("processInstance", wrong))
          .refuses(400, "processInstance");
      at.admin.post("/api/v1/admin/users", json().put("username", wrong)).refuses(400, "username");
      at.gateway
          .post(PSM + "Polling", json().put("session", wrong).put("processInstance", GATEWAY))
          .refuses(400, "session");
      at.gateway
          .post(PSM + "Polling", json().put("session", psm).put("processInstance", wrong))
          .refuses(400, "rocess");
    }
    at.admin
        .post("/api/v1/admin/sessions", session.copy().put("attributes", "text"))
        .refuses(400, "attributes");
    at.admin
        .post(
            "/api/v1/admin/sessions",
            session.copy().put("attributes", json().put("jumpItemId", "eight")))
        .refuses(400, "attributes.jumpItemId");
    at.admin
        .post("/api/v1/admin/users", json().put("username", "x").put("roles", "USER"))
        .refuses(400, "roles");
    at.admin
        .post(
            "/api/v1/admin/users",
            json().put("username", "x").put("roles", new JsonArray().add("KING")))
        .refuses(400, "roles");
    at.admin
        .post("/api/v1/api-keys", json().put("name", "x").put("scopes", new JsonArray().add("all")))
        .refuses(400, "scopes");
    at.admin
        .post(
            "/api/v1/admin/credentials",
            json()
                .put("name", "x")
                .put("username", "y")
                .put("password", "z")
                .put("rotateOnCheckin", "yes"))
        .refuses(400, "rotateOnCheckin");
    at.gateway
        .post(PSM + "GetRecordingProcessStatus", json().put("privSessionIds", psm))
        .refuses(400, "privSessionIds");
    at.gateway
        .post(
            PSM + "GetRecordingProcessStatus",
            json().put("privSessionIds", new JsonArray().add("nonsense")))
        .refuses(400, "privSessionIds[0]");
    at.worker
        .post(PSM + "EncoderClaim", json().put("processInstance", "w").put("maxSessions", 0))
        .refuses(400, "maxSessions");
    at.worker
        .post(PSM + "EncoderClaim", json().put("processInstance", "w").put("waitSeconds", 301))
        .refuses(400, "waitSeconds");
  }

  @Test
  void field_thatIsMissing_isRefusedByName() {
    at.user.post(extendPath(), json()).refuses(400, "additionalHours");
    at.admin.post("/api/v1/admin/realms", json()).refuses(400, "name");
    at.admin.post("/api/v1/admin/realms", json().put("name", "x")).refuses(400, "tier");
    at.admin.post("/api/v1/admin/users", json()).refuses(400, "username");
    at.admin.post("/api/v1/admin/policies", json()).refuses(400, "name");
    at.admin.post("/api/v1/admin/sessions", json()).refuses(400, "kind");
    at.admin.post("/api/v1/admin/credentials", json()).refuses(400, "name");
    at.admin.post("/api/v1/admin/resources", json()).refuses(400, "name");
    at.admin.post("/api/v1/admin/jump-items", json()).refuses(400, "jumpItemType");
    at.user.post("/api/v1/checkouts", json()).refuses(400, "durationSeconds");
    at.admin.post("/api/v1/api-keys", json()).refuses(400, "name");
    at.gateway.post(PSM + "Polling", json()).refuses(400, "session");
    at.gateway.post(PSM + "savescreenshot", json().put("session", psm)).refuses(400, "image");
    at.gateway.post(PSM + "saveclipboard", json().put("session", psm)).refuses(400, "text");
    at.gateway
        .post(PSM + "savesessionrecording", json().put("session", psm))
        .refuses(400, "recording");
    at.gateway.post(PSM + "Checkin", json()).refuses(400, "checkOutId");
    at.user.post(PSM + "JoinSession", json()).refuses(400, "PrivSessionID");
    at.worker.post(PSM + "EncoderClaim", json()).refuses(400, "Process instance");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u0000", "name\u0000", "line\nbreak", "\ud800", "a\udc00b", " "})
  void text_thatCannotBeAName_isRefused(String text) {
    for (String target : List.of("/api/v1/admin/realms", "/api/v1/admin/policies")) {
      at.admin
          .send("POST", target, escaped(json().put("tier", "free"), "name", text))
          .refuses(400, "name")
          .tellsNothingOfTheInside();
    }
    at.admin
        .send("POST", "/api/v1/admin/users", escaped(json(), "username", text))
        .refuses(400, "username");
    at.admin
        .send(
            "POST",
            "/api/v1/admin/credentials",
            escaped(json().put("username", "u").put("password", "p"), "name", text))
        .refuses(400, "name");
    at.admin
        .send(
            "POST",
            "/api/v1/api-keys",
            escaped(json().put("scopes", new JsonArray().add("admin")), "name", text))
        .refuses(400, "name");
    at.gateway
        .send("POST", PSM + "Polling", escaped(json().put("session", psm), "processInstance", text))
        .is(400)
        .tellsNothingOfTheInside();
  }

  /** With half characters as JSON escapes: as UTF-8 they could not be sent at all. */
  private static String escaped(JsonObject rest, String field, String text) {
    StringBuilder value = new StringBuilder();
    text.chars().forEach(c -> value.append(String.format("\\u%04x", c)));
    String others = rest.encode();
    return "{\""
        + field
        + "\":\""
        + value
        + "\""
        + (rest.isEmpty() ? "" : ",")
        + others.substring(1);
  }

  @Test
  void text_thatIsTooLong_isRefused() {
    String lengthy = "x".repeat(5_000);
    at.admin.post("/api/v1/admin/users", json().put("username", lengthy)).refuses(400, "username");
    at.admin.post("/api/v1/admin/policies", json().put("name", lengthy)).refuses(400, "name");
    at.admin
        .post("/api/v1/admin/realms", json().put("name", "x".repeat(64)).put("tier", "free"))
        .refuses(400, "name");
    at.admin
        .post("/api/v1/admin/sessions/" + access + "/revoke", json().put("reason", lengthy))
        .refuses(400, "reason");
    at.gateway
        .post(PSM + "Polling", json().put("session", psm).put("processInstance", lengthy))
        .refuses(400, "rocess");
    at.admin.get("/api/v1/admin/users?q=" + "x".repeat(3_000)).refuses(400, "q");
    at.admin.get("/api/v1/admin/users/" + "x".repeat(3_000)).is(404);
  }

  @Test
  void address_thatIsNone_isRefused() {
    for (String wrong : List.of("localhost", "256.1.1.1", "1.2.3", "::1", "1.2.3.4 ", "")) {
      at.user
          .post("/api/v1/sessions", json().put("ipv4Address", wrong))
          .refuses(400, "ipv4Address");
    }
    for (String wrong : List.of("1.2.3.4", ":::", "fe80::1%eth0", "")) {
      at.user
          .post("/api/v1/sessions", json().put("ipv6Address", wrong))
          .refuses(400, "ipv6Address");
    }
  }

  // Paths and queries

  @Test
  void id_thatIsNone_isRefused() {
    for (String wrong : List.of("1", "nonsense", "123e4567-e89b-12d3-a456-42661417400g", "%00")) {
      at.user.get("/api/v1/sessions/" + wrong).is(400).tellsNothingOfTheInside();
      at.user.post("/api/v1/sessions/" + wrong + "/stop").is(400);
      at.admin.get("/api/v1/admin/sessions/" + wrong).is(400);
      at.admin.delete("/api/v1/api-keys/" + wrong).is(400);
      at.admin.get("/api/v1/recordings/" + wrong).is(400);
      at.admin.get("/api/v1/admin/policies/" + (wrong.equals("1") ? "0" : wrong)).is(400);
      at.admin.delete("/api/v1/admin/credentials/" + (wrong.equals("1") ? "-1" : wrong)).is(400);
    }
    at.admin.get("/api/v1/admin/policies/99999999999999999999").is(400);
    at.admin.get("/api/v1/checkouts/nonsense").is(404);
    at.gateway
        .post(PSM + "Checkin", json().put("checkOutId", "99999999999999999999"))
        .refuses(400, "checkOutId");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"limit=0", "limit=501", "limit=abc", "limit=-1", "limit=99999999999999999999"})
  void limit_thatIsNone_isRefused(String query) {
    for (String target :
        List.of(
            "/api/v1/sessions",
            "/api/v1/sessions/admin",
            "/api/v1/admin/users",
            "/api/v1/admin/realms",
            "/api/v1/admin/policies",
            "/api/v1/admin/credentials",
            "/api/v1/admin/resources",
            "/api/v1/admin/sessions",
            "/api/v1/recordings",
            "/api/v1/events")) {
      at.admin.get(target + "?" + query).refuses(400, "limit").tellsNothingOfTheInside();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "!!!", "bm9uc2Vuc2U", "AA", "%00", "%27%3B--", "MA.MA"})
  void cursor_thatIsNone_isRefused(String cursor) {
    for (String target :
        List.of(
            "/api/v1/sessions",
            "/api/v1/sessions/admin",
            "/api/v1/admin/users",
            "/api/v1/admin/policies",
            "/api/v1/admin/credentials",
            "/api/v1/admin/resources",
            "/api/v1/admin/sessions",
            "/api/v1/events")) {
      at.admin.get(target + "?after=" + cursor).refuses(400, "after").tellsNothingOfTheInside();
    }
    // A realm's cursor is its name, so most texts are one.
    assertThat(at.admin.get("/api/v1/admin/realms?after=" + cursor).status()).isIn(200, 400);
  }

  @Test
  void query_thatMakesNoSense_isRefused() {
    at.user.get("/api/v1/sessions?status=SLEEPING").refuses(400, "status");
    at.admin.get("/api/v1/admin/sessions?kind=token").refuses(400, "kind");
    at.admin.get("/api/v1/recordings?stage=Lost").refuses(400, "stage");
    at.admin.get("/api/v1/recordings?session=1").refuses(400, "session");
    at.admin.get("/api/v1/events?session=1").refuses(400, "session");
    at.admin.get("/api/v1/events?types=dev.curfew.nothing").refuses(400, "types");
    at.admin.get("/api/v1/events?from=yesterday").refuses(400, "from");
    at.admin.get("/api/v1/events?to=%00").refuses(400, "to").tellsNothingOfTheInside();
    at.admin.get("/api/v1/events?realm=%00").refuses(400, "realm").tellsNothingOfTheInside();
    at.admin.get("/api/v1/events?realm=" + "a".repeat(64)).refuses(400, "realm");
    at.admin
        .get("/api/v1/events?from=2026-02-18T12:00:01Z&to=2026-02-18T12:00:00Z")
        .refuses(400, "to");
    at.admin.get("/api/v1/admin/users?q=%00").refuses(400, "q");
    at.admin.get("/api/v1/admin/users?q=%25%27%22%5C").is(200);
  }

  @Test
  void path_thatIsMalformed_isRefused() throws IOException {
    try (RawConnection connection = new RawConnection(at.node.url())) {
      for (String path : List.of("/api/v1/admin/users/%zz", "/api/v1/admin/users/%", "/%ff%fe")) {
        RawConnection.Answer answer =
            connection.send(
                "GET "
                    + path
                    + " HTTP/1.1\r\nHost: x\r\nX-API-Key: "
                    + at.node.adminKey()
                    + "\r\n\r\n",
                new byte[0]);
        assertThat(answer.status()).as(path + answer.body()).isIn(400, 404);
        assertThat(answer.body()).doesNotContain("Exception");
      }
    }
  }

  // Sizes

  @Test
  void body_overTheLimit_isRefusedAndTheConnectionLivesOn() throws IOException {
    byte[] large = bytes("{\"text\":\"" + "x".repeat(3 << 20) + "\"}");
    try (RawConnection connection = new RawConnection(at.node.url())) {
      for (String path : List.of(extendPath(), PSM + "EndSession", "/api/v1/admin/users")) {
        RawConnection.Answer refusal = connection.post(path, at.node.adminKey(), large);
        assertThat(refusal.status()).as(refusal.body()).isEqualTo(413);
        assertThat(refusal.body()).contains("1048576");
        RawConnection.Answer next =
            connection.post(
                PSM + "Polling",
                at.node.adminKey(),
                bytes("{\"session\":\"" + psm + "\",\"processInstance\":\"" + GATEWAY + "\"}"));
        assertThat(next.status()).as(next.body()).isEqualTo(200);
      }
    }
  }

  @Test
  void body_thatNobodyMaySend_isTakenOffTheConnection() throws IOException {
    byte[] large = bytes("{\"text\":\"" + "x".repeat(3 << 20) + "\"}");
    try (RawConnection connection = new RawConnection(at.node.url())) {
      assertThat(connection.post(extendPath(), "cfw_nonsense", large).status()).isEqualTo(401);
      assertThat(connection.post("/api/v1/nothing", "cfw_nonsense", large).status()).isEqualTo(404);
      assertThat(connection.post("/health/live", "none", large).status()).isEqualTo(405);
      assertThat(connection.post(PSM + "GetIP", at.node.adminKey(), bytes("{}")).status())
          .isEqualTo(200);
    }
  }
}
