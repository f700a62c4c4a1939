package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The management of streams, every call, as its document and the specification say. */
class SsfContractTest {
  private static final String STREAMS = "/ssf/streams";
  private static final String PUSH = "urn:ietf:rfc:8935";
  private static final String POLL = "urn:ietf:rfc:8936";
  private static final List<String> SCOPES = List.of("ssf:read", "ssf:manage");

  private static Installation at;
  private static Caller receiver;

  @BeforeAll
  static void start() {
    at =
        Installation.start(Map.of("ssf.min-verification-interval", "1s", "ssf.longest-poll", "1s"));
    receiver = newReceiver();
    stream(receiver, json().put("description", "always there"));
  }

  @AfterAll
  static void stop() {
    try {
      at.dialects.ssf.assertEveryOperationSucceeded();
    } finally {
      at.close();
    }
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  /** A program with an account of its own. */
  private static Caller newReceiver() {
    JsonObject account = at.oauthClient("ssf:read", "ssf:manage");
    String token =
        at.client(account)
            .send("POST", "/oauth2/token", "grant_type=client_credentials")
            .is(200)
            .json()
            .getString("access_token");
    return at.anonymous.with("Authorization", "Bearer " + token);
  }

  private static JsonObject stream(Caller by, JsonObject wanted) {
    return by.post(STREAMS, wanted).is(201).json();
  }

  private static String id(JsonObject stream) {
    return stream.getString("stream_id");
  }

  private static JsonObject pushTo(String url) {
    return json().put("delivery", json().put("method", PUSH).put("endpoint_url", url));
  }

  private static JsonObject read(Caller by, String id) {
    return by.get(STREAMS + "?stream_id=" + id).is(200).json();
  }

  private static Reply patch(Caller by, JsonObject change) {
    return by.send("PATCH", STREAMS, change.encode());
  }

  private static Reply put(Caller by, JsonObject whole) {
    return by.send("PUT", STREAMS, whole.encode());
  }

  @Test
  void configuration_isOpenAndComplete() {
    Reply reply = at.anonymous.get("/.well-known/ssf-configuration").is(200);
    JsonObject document = reply.json();

    assertThat(document.getString("issuer")).isEqualTo("http://localhost:8080");
    assertThat(document.getString("jwks_uri")).endsWith("/.well-known/jwks.json");
    assertThat(document.getJsonArray("delivery_methods_supported")).containsExactly(PUSH, POLL);
    assertThat(document.getString("default_subjects")).isEqualTo("ALL");
    for (String field : document.fieldNames()) {
      if (field.endsWith("_endpoint")) {
        String path = document.getString(field).substring("http://localhost:8080".length());
        assertThat(at.anonymous.send(path.equals(STREAMS) ? "GET" : "POST", path).status())
            .as(field)
            .isEqualTo(401);
      }
    }
  }

  @Test
  void configuration_ofAnIssuerWithAPath_isWhereTheSpecificationHasIt() {
    try (Installation behind =
        Installation.start(Map.of("auth.issuer", "https://id.example.com/curfew/"))) {
      Reply reply =
          behind.anonymous.sendUndocumented("GET", "/.well-known/ssf-configuration/curfew").is(200);
      assertThat(reply.json().getString("issuer")).isEqualTo("https://id.example.com/curfew/");
      assertThat(reply.json().getString("status_endpoint"))
          .isEqualTo("https://id.example.com/curfew/ssf/status");
    }
  }

  @Test
  void stream_withoutDelivery_isPolled() {
    JsonObject made = stream(receiver, json());

    assertThat(made.getJsonObject("delivery").getString("method")).isEqualTo(POLL);
    assertThat(made.getJsonObject("delivery").getString("endpoint_url"))
        .isEqualTo("http://localhost:8080/ssf/poll/" + id(made));
    assertThat(made.getJsonArray("events_delivered")).containsExactly(SignalTokens.REVOKED);
    assertThat(made.getInteger("min_verification_interval")).isEqualTo(1);
    assertThat(read(receiver, id(made))).isEqualTo(made);
    receiver.delete(STREAMS + "?stream_id=" + id(made)).is(204);
    receiver.get(STREAMS + "?stream_id=" + id(made)).is(404);
    receiver.delete(STREAMS + "?stream_id=" + id(made)).is(404);
  }

  @Test
  void streams_areListed_andEmptyWhereThereAreNone() {
    Caller fresh = newReceiver();
    assertThat(fresh.get(STREAMS).is(200).array()).isEmpty();

    JsonObject first = stream(fresh, json().put("description", "first"));
    JsonObject second = stream(fresh, json().put("description", "second"));

    assertThat(fresh.get(STREAMS).is(200).array()).containsExactly(first, second);
  }

  @Test
  void elevenStreams_areOneTooMany() {
    Caller fresh = newReceiver();
    for (int i = 0; i < 10; i++) {
      stream(fresh, json());
    }
    fresh.post(STREAMS, json()).is(409);
    assertThat(fresh.get(STREAMS).is(200).array()).hasSize(10);
  }

  @Test
  void eventsThatNobodyKnows_areNotDelivered_butRemembered() {
    JsonArray requested = new JsonArray().add("urn:example:other");
    JsonObject made = stream(newReceiver(), json().put("events_requested", requested));

    assertThat(made.getJsonArray("events_requested")).isEqualTo(requested);
    assertThat(made.getJsonArray("events_delivered")).isEmpty();
  }

  @Test
  void change_leavesAlone_whatItDoesNotName() {
    Caller fresh = newReceiver();
    JsonObject made =
        stream(
            fresh,
            json()
                .put("description", "before")
                .put("events_requested", new JsonArray().add(SignalTokens.REVOKED)));

    JsonObject changed =
        patch(fresh, json().put("stream_id", id(made)).put("description", "after")).is(200).json();

    assertThat(changed).isEqualTo(made.copy().put("description", "after"));
    assertThat(patch(fresh, changed).is(200).json()).isEqualTo(changed);
  }

  @Test
  void replacement_deletes_whatItDoesNotName() {
    Caller fresh = newReceiver();
    JsonObject made =
        stream(
            fresh,
            json()
                .put("description", "before")
                .put("events_requested", new JsonArray().add("urn:example:other")));

    JsonObject replaced = put(fresh, json().put("stream_id", id(made))).is(200).json();

    assertThat(replaced.containsKey("description")).isFalse();
    assertThat(replaced.containsKey("events_requested")).isFalse();
    assertThat(replaced.getJsonArray("events_delivered")).containsExactly(SignalTokens.REVOKED);
  }

  static Stream<JsonObject> whatTheTransmitterSupplies() {
    return Stream.of(
        json().put("iss", "https://other.example.com"),
        json().put("aud", "somebody else"),
        json().put("aud", new JsonArray()),
        json().put("events_supported", new JsonArray().add("urn:example:other")),
        json().put("events_delivered", new JsonArray()),
        json().put("min_verification_interval", 0),
        json()
            .put(
                "delivery",
                json().put("method", POLL).put("endpoint_url", "https://elsewhere.example.com")));
  }

  @ParameterizedTest
  @MethodSource("whatTheTransmitterSupplies")
  void whatTheTransmitterSupplies_cannotBeChanged(JsonObject wrong) {
    Caller fresh = newReceiver();
    JsonObject made = stream(fresh, json());
    String field = wrong.fieldNames().iterator().next();
    JsonObject change = json().put("stream_id", id(made)).put("description", "x").mergeIn(wrong);

    patch(fresh, change).refuses(400, field);
    put(fresh, change).refuses(400, field);

    assertThat(read(fresh, id(made))).isEqualTo(made);
  }

  static Stream<JsonObject> badStreams() {
    JsonObject target = json().put("method", PUSH).put("endpoint_url", "https://example.com/");
    return Stream.of(
        json().put("delivery", "push"),
        json().put("delivery", json()),
        json().put("delivery", json().put("method", "urn:example:pigeon")),
        json().put("delivery", json().put("method", 8935)),
        json().put("delivery", json().put("method", PUSH)),
        pushTo("not a url"),
        pushTo("ftp://example.com/"),
        pushTo("https://user:pass@example.com/"),
        pushTo("http://127.0.0.1:9/"),
        pushTo("http://169.254.169.254/latest/meta-data"),
        pushTo("http://[::1]/"),
        pushTo("https://example.com/" + "x".repeat(3_000)),
        json().put("delivery", target.copy().put("authorization_header", 7)),
        json().put("delivery", target.copy().put("authorization_header", "")),
        json().put("delivery", target.copy().put("authorization_header", "a\r\nX-Evil: 1")),
        json().put("delivery", target.copy().put("authorization_header", "x".repeat(5_000))),
        json().put("description", 1),
        json().put("description", "x".repeat(1_025)),
        json().put("description", "a\u0000b"),
        json().put("events_requested", "all"),
        json().put("events_requested", new JsonArray().add(1)),
        json().put("events_requested", new JsonArray().add("x".repeat(600))),
        json()
            .put("events_requested", new JsonArray(Stream.generate(() -> "a").limit(65).toList())));
  }

  @ParameterizedTest
  @MethodSource("badStreams")
  void badStream_isRefusedByName_andNotMade(JsonObject bad) {
    String field = bad.fieldNames().iterator().next();
    JsonArray before = receiver.get(STREAMS).is(200).array();
    JsonObject own = before.getJsonObject(0);
    receiver.post(STREAMS, bad).refuses(400, field).tellsNothingOfTheInside();
    patch(receiver, bad.copy().put("stream_id", id(own))).refuses(400, field);
    put(receiver, bad.copy().put("stream_id", id(own))).refuses(400, field);
    assertThat(receiver.get(STREAMS).is(200).array()).isEqualTo(before);
  }

  /** Halves of characters, which JSON can write and UTF-8 cannot. */
  @Test
  void brokenUnicode_isRefusedByName() {
    String id = id(receiver.get(STREAMS).is(200).array().getJsonObject(0));
    String half = "\"\\ud800\"";
    String named = "{\"stream_id\":\"" + id + "\",";
    receiver.send("POST", STREAMS, "{\"description\":" + half + "}").refuses(400, "description");
    receiver
        .send("POST", STREAMS, "{\"events_requested\":[" + half + "]}")
        .refuses(400, "events_requested");
    receiver
        .send("POST", "/ssf/verification", named + "\"state\":" + half + "}")
        .refuses(400, "state");
    receiver
        .send("POST", "/ssf/status", named + "\"status\":\"paused\",\"reason\":" + half + "}")
        .refuses(400, "reason");
    receiver
        .send(
            "POST",
            "/ssf/subjects/remove",
            named + "\"subject\":{\"format\":\"email\",\"email\":" + half + "}}")
        .refuses(400, "subject");
    receiver.send("POST", "/ssf/poll/" + id, "{\"ack\":[" + half + "]}").refuses(400, "ack");
    receiver
        .send("POST", "/ssf/poll/" + id, "{\"setErrs\":{" + half + ":{\"err\":\"x\"}}}")
        .refuses(400, "setErrs");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "null", "\"x\"", "{\"a\":1}}", "\u0000"})
  void malformedBody_isRefused(String body) {
    receiver.send("POST", STREAMS, body).is(400).tellsNothingOfTheInside();
    receiver.send("POST", "/ssf/status", body).is(400);
    receiver.send("POST", "/ssf/verification", body).is(400);
  }

  @Test
  void status_isChangedAndShown() {
    Caller own = newReceiver();
    String id = id(stream(own, json()));
    assertThat(own.get("/ssf/status?stream_id=" + id).is(200).json())
        .isEqualTo(json().put("stream_id", id).put("status", "enabled"));

    JsonObject paused =
        json().put("stream_id", id).put("status", "paused").put("reason", "Maintenance");
    assertThat(own.post("/ssf/status", paused).is(200).json()).isEqualTo(paused);
    assertThat(own.get("/ssf/status?stream_id=" + id).is(200).json()).isEqualTo(paused);

    JsonObject enabled = json().put("stream_id", id).put("status", "enabled");
    assertThat(own.post("/ssf/status", enabled).is(200).json()).isEqualTo(enabled);
  }

  @Test
  void badStatus_isRefusedByName() {
    Caller fresh = newReceiver();
    String id = id(stream(fresh, json()));
    JsonObject named = json().put("stream_id", id);
    fresh.post("/ssf/status", named).refuses(400, "status");
    fresh.post("/ssf/status", named.copy().put("status", "deleted")).refuses(400, "status");
    fresh.post("/ssf/status", named.copy().put("status", 1)).refuses(400, "status");
    fresh
        .post("/ssf/status", named.copy().put("status", "paused").put("reason", "x".repeat(2_000)))
        .refuses(400, "reason");
    fresh.post("/ssf/status", json().put("status", "paused")).refuses(400, "stream_id");
    fresh.get("/ssf/status").refuses(400, "stream_id");
    assertThat(fresh.get("/ssf/status?stream_id=" + id).is(200).json().getString("status"))
        .isEqualTo("enabled");
  }

  @Test
  void subjects_areAddedAndRemoved() {
    Caller fresh = newReceiver();
    String id = id(stream(fresh, json()));
    String session = at.session(json().put("kind", "access"));
    JsonObject user =
        json()
            .put("format", "iss_sub")
            .put("iss", "http://localhost:8080")
            .put("sub", at.userRecord.getString("id"));
    JsonObject opaque = json().put("format", "opaque").put("id", session);
    List<JsonObject> subjects =
        List.of(
            user,
            opaque,
            json().put("format", "email").put("email", "JDOE@example.com"),
            json().put("format", "complex").put("user", user).put("session", opaque),
            json()
                .put("format", "complex")
                .put("user", user)
                .put("device", json().put("format", "opaque").put("id", "laptop-7")));
    for (JsonObject subject : subjects) {
      JsonObject body = json().put("stream_id", id).put("subject", subject);
      Reply removed = fresh.post("/ssf/subjects/remove", body).is(204);
      assertThat(removed.text()).isEmpty();
      assertThat(fresh.post("/ssf/subjects/add", body.copy().put("verified", true)).is(200).text())
          .isEmpty();
    }
    JsonObject itself =
        json().put("stream_id", id).put("subject", json().put("format", "opaque").put("id", id));
    fresh.post("/ssf/subjects/add", itself).is(200);
    fresh.post("/ssf/subjects/remove", itself).refuses(400, "subject");
  }

  static Stream<JsonObject> badSubjects() {
    return Stream.of(
        json(),
        json().put("format", 1),
        json().put("format", "phone_number").put("phone_number", "+12065550123"),
        json().put("format", "iss_sub").put("sub", "x"),
        json().put("format", "email"),
        json().put("format", "opaque"),
        json().put("format", "complex"),
        json().put("format", "complex").put("device", json().put("format", "opaque")),
        json().put("format", "complex").put("user", "jdoe"),
        json().put("format", "complex").put("user", json().put("format", "opaque").put("id", "x")),
        json()
            .put("format", "complex")
            .put("session", json().put("format", "email").put("email", "jdoe@example.com")));
  }

  @ParameterizedTest
  @MethodSource("badSubjects")
  void badSubject_isRefusedByName(JsonObject subject) {
    String id = id(receiver.get(STREAMS).is(200).array().getJsonObject(0));
    JsonObject body = json().put("stream_id", id).put("subject", subject);
    receiver.post("/ssf/subjects/add", body).refuses(400, "subject").tellsNothingOfTheInside();
    receiver.post("/ssf/subjects/remove", body).refuses(400, "subject").tellsNothingOfTheInside();
  }

  @Test
  void subject_ofNobodyHere_isUnknown() {
    Caller fresh = newReceiver();
    String id = id(stream(fresh, json()));
    List<JsonObject> strange =
        List.of(
            json().put("format", "email").put("email", "nobody@example.com"),
            json().put("format", "email").put("email", "stranger@example.com"),
            json().put("format", "opaque").put("id", Installation.unknownId()),
            json().put("format", "opaque").put("id", "anything"),
            json()
                .put("format", "iss_sub")
                .put("iss", "https://other.example.com")
                .put("sub", at.userRecord.getString("id")),
            json()
                .put("format", "iss_sub")
                .put("iss", "http://localhost:8080")
                .put("sub", at.strangerRecord.getString("id")));
    for (JsonObject subject : strange) {
      JsonObject body = json().put("stream_id", id).put("subject", subject);
      fresh.post("/ssf/subjects/add", body).is(404);
      fresh.post("/ssf/subjects/remove", body).is(404);
    }
  }

  @Test
  void verification_isOnlyForEnabledAndPausedStreams_andBoundedInStateAndNumber() {
    Caller fresh = newReceiver();
    String id = id(stream(fresh, json()));
    JsonObject named = json().put("stream_id", id);
    fresh.post("/ssf/verification", named.copy().put("state", 1)).refuses(400, "state");
    fresh
        .post("/ssf/verification", named.copy().put("state", "x".repeat(5_000)))
        .refuses(400, "state");

    fresh.post("/ssf/verification", named.copy().put("state", "abc")).is(204);
    Reply again = fresh.post("/ssf/verification", named).is(429);
    assertThat(again.header("Retry-After")).isEqualTo("1");

    fresh.post("/ssf/status", named.copy().put("status", "disabled")).is(200);
    fresh.post("/ssf/verification", named).refuses(400, "stream_id");
  }

  @Test
  void poll_refusesWhatIsNone() {
    Caller fresh = newReceiver();
    String poll = "/ssf/poll/" + id(stream(fresh, json()));
    fresh.post(poll, json().put("maxEvents", -1)).refuses(400, "maxEvents");
    fresh.post(poll, json().put("maxEvents", "1")).refuses(400, "maxEvents");
    fresh.post(poll, json().put("returnImmediately", "yes")).refuses(400, "returnImmediately");
    fresh.post(poll, json().put("ack", "evt_1")).refuses(400, "ack");
    fresh.post(poll, json().put("ack", new JsonArray().add(1))).refuses(400, "ack");
    fresh
        .post(
            poll,
            json().put("ack", new JsonArray(Stream.generate(() -> "a").limit(1_001).toList())))
        .refuses(400, "ack");
    fresh.post(poll, json().put("setErrs", new JsonArray())).refuses(400, "setErrs");
    fresh.post(poll, json().put("setErrs", json().put("a", "b"))).refuses(400, "setErrs");
    fresh.post(poll, json().put("setErrs", json().put("a", json()))).refuses(400, "setErrs");

    JsonObject harmless =
        json()
            .put("returnImmediately", true)
            .put("ack", new JsonArray().add("evt_0").add("").add("evt_0"))
            .put("setErrs", json().put("evt_00", json().put("err", "invalid_key")));
    assertThat(fresh.post(poll, harmless).is(200).json())
        .isEqualTo(json().put("sets", json()).put("moreAvailable", false));
    fresh.get("/ssf/deliveries?stream_id=" + poll.substring(10) + "&state=dead").is(200);
    fresh.get("/ssf/deliveries?stream_id=" + poll.substring(10) + "&state=x").refuses(400, "state");
    fresh.get("/ssf/deliveries?stream_id=" + poll.substring(10) + "&after=x").refuses(400, "after");
  }

  @Test
  void stream_isUnknownToOthers() {
    String id = id(stream(receiver, json().put("description", "mine")));
    Caller strangeReceiver = at.key("acme-gateway", SCOPES);
    Caller colleague = newReceiver();
    // The administrator made the account of the receiver, and is another receiver all the same.
    for (Caller other : List.of(colleague, strangeReceiver, at.admin, at.organisation)) {
      JsonObject named = json().put("stream_id", id);
      other.get(STREAMS + "?stream_id=" + id).is(404);
      patch(other, named).is(404);
      put(other, named).is(404);
      other.delete(STREAMS + "?stream_id=" + id).is(404);
      other.get("/ssf/status?stream_id=" + id).is(404);
      other.post("/ssf/status", named.copy().put("status", "disabled")).is(404);
      other.post("/ssf/verification", named).is(404);
      other.post("/ssf/poll/" + id, json().put("returnImmediately", true)).is(404);
      other.get("/ssf/deliveries?stream_id=" + id).is(404);
      JsonObject subject = json().put("format", "email").put("email", "jdoe@example.com");
      other.post("/ssf/subjects/add", named.copy().put("subject", subject)).is(404);
      other.post("/ssf/subjects/remove", named.copy().put("subject", subject)).is(404);
      assertThat(other.get(STREAMS).is(200).text()).doesNotContain(id);
    }
    assertThat(read(receiver, id).getString("description")).isEqualTo("mine");
    for (String unknown : List.of(Installation.unknownId(), "x", "0".repeat(36))) {
      receiver.get(STREAMS + "?stream_id=" + unknown).is(404);
    }
  }

  @Test
  void keysOfAUser_areOneReceiver() {
    Caller one = at.key("worker", SCOPES);
    Caller another = at.key("worker", SCOPES);
    JsonObject made = stream(one, json());
    assertThat(read(another, id(made))).isEqualTo(made);
    assertThat(made.getString("aud")).isNotBlank();
  }

  @Test
  void scopes_areNeeded() {
    Caller reader = at.key("mallory", List.of("ssf:read"));
    reader.get(STREAMS).is(200);
    reader.post(STREAMS, json()).is(403);
    at.key("mallory", List.of("sessions:read", "admin")).get(STREAMS).is(403);
    at.anonymous.post(STREAMS, json()).is(401);
  }
}
