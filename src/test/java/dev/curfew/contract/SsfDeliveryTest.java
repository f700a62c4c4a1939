package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.SignalReceiver;
import dev.curfew.testing.SignalReceiver.Pushed;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ends of real sessions as receivers are told of them, pushed and polled. */
class SsfDeliveryTest {
  private static final String STREAMS = "/ssf/streams";
  private static final List<String> SCOPES = List.of("ssf:read", "ssf:manage");
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String SECRET = "Bearer only-the-receiver-knows";

  private static Installation at;
  private static SignalReceiver receiver;

  @BeforeAll
  static void start() {
    at =
        Installation.start(
            Map.of(
                "webhooks.allow-private-targets", "true",
                "auth.key-rotation", "1m",
                "rate-limit.failures-per-second", "0",
                "ssf.min-verification-interval", "1s",
                "ssf.longest-poll", "4s"));
    receiver = SignalReceiver.start();
  }

  @AfterAll
  static void stop() {
    receiver.close();
    at.close();
  }

  private static JsonObject json() {
    return new JsonObject();
  }

  /** A receiver of its own for each test. */
  private static Caller fresh() {
    String name = Installation.fresh("receiver");
    at.admin.post("/api/v1/admin/users", json().put("username", name)).is(201);
    return at.key(name, SCOPES);
  }

  private static String pushed(Caller by, String path) {
    JsonObject delivery =
        json()
            .put("method", "urn:ietf:rfc:8935")
            .put("endpoint_url", receiver.url(path))
            .put("authorization_header", SECRET);
    Reply made = by.post(STREAMS, json().put("delivery", delivery)).is(201);
    assertThat(made.text()).doesNotContain(SECRET);
    return made.json().getString("stream_id");
  }

  private static String polled(Caller by) {
    return by.post(STREAMS, json()).is(201).json().getString("stream_id");
  }

  private static JsonObject poll(Caller by, String id, JsonObject request) {
    return by.post("/ssf/poll/" + id, request).is(200).json();
  }

  private static JsonObject now() {
    return json().put("returnImmediately", true);
  }

  /** Polls until there are as many tokens; acknowledges none. */
  private static JsonObject sets(Caller by, String id, int count) {
    JsonObject[] last = new JsonObject[1];
    Await.until(
        () -> count + " tokens, not " + last[0],
        LIMIT,
        () -> {
          last[0] = poll(by, id, now()).getJsonObject("sets");
          return last[0].size() == count;
        });
    return last[0];
  }

  private static String open() {
    return at.session(json().put("kind", "access"));
  }

  private static void revoke(String session, String reason) {
    at.admin
        .post("/api/v1/admin/sessions/" + session + "/revoke", json().put("reason", reason))
        .is(200);
  }

  private static String revoked() {
    String session = open();
    revoke(session, "The incident is over");
    return session;
  }

  private static List<Pushed> arrived(String path, int count) {
    Await.until(
        () -> count + " pushes to " + path + ", not " + receiver.pushed(path).size(),
        LIMIT,
        () -> receiver.pushed(path).size() >= count);
    return receiver.pushed(path);
  }

  private static JsonArray deliveries(Caller by, String id, String state) {
    return by.get("/ssf/deliveries?stream_id=" + id + "&state=" + state)
        .is(200)
        .json()
        .getJsonArray("items");
  }

  private static void status(Caller by, String id, String status) {
    by.post("/ssf/status", json().put("stream_id", id).put("status", status)).is(200);
  }

  private static JsonObject verified(String token) {
    return SignalTokens.verified(at.anonymous, token);
  }

  @Test
  void revocation_isPushed_asOneTokenThatVerifies() {
    Caller by = fresh();
    String id = pushed(by, "/one");
    String session = revoked();

    Pushed push = arrived("/one", 1).get(0);
    assertThat(push.headers())
        .containsEntry("content-type", "application/secevent+jwt")
        .containsEntry("accept", "application/json")
        .containsEntry("authorization", SECRET);
    JsonObject claims = verified(push.token());
    assertThat(claims.getString("aud"))
        .isEqualTo(by.get(STREAMS + "?stream_id=" + id).is(200).json().getString("aud"));
    assertThat(claims.getJsonObject("sub_id"))
        .isEqualTo(
            json()
                .put("format", "complex")
                .put("session", json().put("format", "opaque").put("id", session))
                .put(
                    "user",
                    json()
                        .put("format", "iss_sub")
                        .put("iss", "http://localhost:8080")
                        .put("sub", at.userRecord.getString("id"))));
    JsonObject event = SignalTokens.event(claims, SignalTokens.REVOKED);
    assertThat(event.getString("initiating_entity")).isEqualTo("admin");
    assertThat(event.getJsonObject("reason_admin").getString("en"))
        .contains("The incident is over");
    assertThat(event.getJsonObject("reason_user").getString("en")).doesNotContain("incident");
    assertThat(event.getLong("event_timestamp"))
        .isBetween(
            System.currentTimeMillis() / 1_000 - 120, System.currentTimeMillis() / 1_000 + 120);

    // What comes behind it tells that nothing else was sent of the session.
    by.post("/ssf/verification", json().put("stream_id", id).put("state", "echo")).is(204);
    JsonObject verification = verified(arrived("/one", 2).get(1).token());
    assertThat(SignalTokens.event(verification, SignalTokens.VERIFICATION))
        .isEqualTo(json().put("state", "echo"));
    assertThat(verification.getJsonObject("sub_id"))
        .isEqualTo(json().put("format", "opaque").put("id", id));
    Await.until("both delivered", () -> deliveries(by, id, "delivered").size() == 2);
  }

  @Test
  void sessions_thatTheirUsersLeave_andThatExpire_areTold() {
    Caller by = fresh();
    String id = polled(by);
    JsonObject own = at.accessSession(at.user, 1);
    at.user.post("/api/v1/sessions/" + own.getString("id") + "/stop", json()).is(200);
    at.session(json().put("kind", "access").put("durationSeconds", 1));

    JsonObject sets = sets(by, id, 2);
    Set<String> entities = new HashSet<>();
    sets.forEach(
        set ->
            entities.add(
                SignalTokens.event(verified((String) set.getValue()), SignalTokens.REVOKED)
                    .getString("initiating_entity")));
    assertThat(entities).containsExactlyInAnyOrder("user", "policy");
  }

  @Test
  void failure_isTriedAgain_withTheSameClaims() {
    Caller by = fresh();
    String id = pushed(by, "/flaky");
    boolean[] failed = new boolean[1];
    receiver.answers(
        "/flaky",
        request -> {
          request.response().setStatusCode(failed[0] ? 202 : 500).end();
          failed[0] = true;
        });
    revoked();

    List<Pushed> pushes = arrived("/flaky", 2);
    assertThat(verified(pushes.get(1).token())).isEqualTo(verified(pushes.get(0).token()));
    Await.until("delivered", () -> deliveries(by, id, "delivered").size() == 1);
    JsonObject delivery = deliveries(by, id, "delivered").getJsonObject(0);
    assertThat(delivery.getInteger("attempts")).isEqualTo(2);
    assertThat(delivery.getJsonArray("history").getJsonObject(0).getInteger("status"))
        .isEqualTo(500);
  }

  @Test
  void refusal_isFinal_andVisible_andTheNextGoesOn() {
    Caller by = fresh();
    String id = pushed(by, "/picky");
    boolean[] refused = new boolean[1];
    receiver.answers(
        "/picky",
        request -> {
          if (refused[0]) {
            request.response().setStatusCode(202).end();
          } else {
            refused[0] = true;
            request
                .response()
                .setStatusCode(400)
                .putHeader("Content-Type", "application/json")
                .end("{\"err\":\"invalid_audience\",\"description\":\"Not\\nours\"}");
          }
        });
    revoked();
    revoked();

    arrived("/picky", 2);
    Await.until("the second is delivered", () -> deliveries(by, id, "delivered").size() == 1);
    JsonObject dead = deliveries(by, id, "dead").getJsonObject(0);
    assertThat(dead.getString("event")).isEqualTo(SignalTokens.REVOKED);
    assertThat(dead.getJsonArray("history").getJsonObject(0).getString("error"))
        .isEqualTo("invalid_audience: Not ours");
  }

  @Test
  void redirect_isNotFollowed_andAnother400IsNoRefusal() {
    Caller by = fresh();
    String moved = pushed(by, "/moved");
    String broken = pushed(by, "/broken");
    receiver.answers(
        "/moved",
        request ->
            request
                .response()
                .setStatusCode(307)
                .putHeader("Location", receiver.url("/elsewhere"))
                .end());
    receiver.answers("/broken", request -> request.response().setStatusCode(400).end("<html>"));
    revoked();

    arrived("/moved", 1);
    arrived("/broken", 1);
    for (String id : List.of(moved, broken)) {
      Await.until(
          "the failure is written",
          () -> deliveries(by, id, "pending").getJsonObject(0).getInteger("attempts") == 1);
      assertThat(deliveries(by, id, "dead")).isEmpty();
    }
    assertThat(receiver.pushed("/elsewhere")).isEmpty();
  }

  @Test
  void endedAccount_isToldNothingMore() throws Exception {
    String name = Installation.fresh("leaver");
    String user =
        at.admin
            .post("/api/v1/admin/users", json().put("username", name))
            .is(201)
            .json()
            .getString("id");
    String id = pushed(at.key(name, SCOPES), "/leaver");
    at.admin.delete("/api/v1/admin/users/" + user).is(204);
    revoked();

    try (DirectSql sql = at.node.sql()) {
      Await.until(
          "the stream is disabled",
          LIMIT,
          () -> sql.value("SELECT state FROM lane WHERE id = ?::uuid", id).equals("disabled"));
    }
    assertThat(receiver.pushed("/leaver")).isEmpty();
  }

  @Test
  void secret_isKeptForTheSameTarget_andNeverGoesToAnother() {
    Caller by = fresh();
    String id = pushed(by, "/kept");
    JsonObject same =
        json().put("method", "urn:ietf:rfc:8935").put("endpoint_url", receiver.url("/kept"));
    by.send("PATCH", STREAMS, json().put("stream_id", id).put("delivery", same).encode()).is(200);
    revoked();
    assertThat(arrived("/kept", 1).get(0).headers()).containsEntry("authorization", SECRET);

    JsonObject other = same.copy().put("endpoint_url", receiver.url("/other"));
    by.send("PATCH", STREAMS, json().put("stream_id", id).put("delivery", other).encode()).is(200);
    revoked();
    assertThat(arrived("/other", 1).get(0).headers()).doesNotContainKey("authorization");
  }

  @Test
  void polledTokens_comeAgain_untilAcknowledged() {
    Caller by = fresh();
    String id = polled(by);
    String first = revoked();
    String second = revoked();

    JsonObject sets = sets(by, id, 2);
    assertThat(poll(by, id, now()).getJsonObject("sets").fieldNames()).isEqualTo(sets.fieldNames());
    List<String> ids = List.copyOf(sets.fieldNames());
    assertThat(SignalTokens.session(verified(sets.getString(ids.get(0))))).isEqualTo(first);
    assertThat(SignalTokens.session(verified(sets.getString(ids.get(1))))).isEqualTo(second);
    ids.forEach(jti -> assertThat(verified(sets.getString(jti)).getString("jti")).isEqualTo(jti));

    JsonObject one = poll(by, id, now().put("maxEvents", 1));
    assertThat(one.getJsonObject("sets").fieldNames()).containsExactly(ids.get(0));
    assertThat(one.getBoolean("moreAvailable")).isTrue();
    assertThat(poll(by, id, json().put("maxEvents", 0)).getJsonObject("sets")).isEmpty();

    JsonObject settled =
        poll(
            by,
            id,
            now()
                .put("ack", new JsonArray().add(ids.get(0)))
                .put(
                    "setErrs",
                    json()
                        .put(
                            ids.get(1),
                            json().put("err", "invalid_key").put("description", "Unknown"))));
    assertThat(settled.getJsonObject("sets")).isEmpty();
    assertThat(deliveries(by, id, "delivered").getJsonObject(0).getString("jti"))
        .isEqualTo(ids.get(0));
    assertThat(deliveries(by, id, "dead").getJsonObject(0).getJsonArray("history").encode())
        .contains("invalid_key: Unknown");
  }

  @Test
  void longPoll_isWokenByTheEndOfASession_onceForEveryPollThatWaits() throws Exception {
    Caller by = fresh();
    String id = polled(by);
    String session = open();
    CompletableFuture<JsonObject> one = CompletableFuture.supplyAsync(() -> poll(by, id, json()));
    CompletableFuture<JsonObject> other = CompletableFuture.supplyAsync(() -> poll(by, id, json()));
    revoke(session, "Now");

    Set<String> ids = one.get(20, TimeUnit.SECONDS).getJsonObject("sets").fieldNames();
    assertThat(ids).hasSize(1);
    assertThat(other.get(20, TimeUnit.SECONDS).getJsonObject("sets").fieldNames()).isEqualTo(ids);
    JsonObject answer = poll(by, id, json().put("ack", new JsonArray(List.copyOf(ids))));
    assertThat(answer.getJsonObject("sets")).isEmpty();
  }

  @Test
  void pausedStream_keeps_andDisabledStreamDrops() {
    Caller by = fresh();
    String id = polled(by);
    revoked();
    sets(by, id, 1);
    status(by, id, "paused");
    String meanwhile = revoked();
    assertThat(poll(by, id, now()).getJsonObject("sets")).isEmpty();

    status(by, id, "enabled");
    JsonObject kept = sets(by, id, 2);
    assertThat(kept.encode()).isNotBlank();
    String last = kept.fieldNames().stream().reduce((a, b) -> b).orElseThrow();
    assertThat(SignalTokens.session(verified(kept.getString(last)))).isEqualTo(meanwhile);

    status(by, id, "disabled");
    revoked();
    status(by, id, "enabled");
    String after = revoked();
    JsonObject sets = sets(by, id, 1);
    assertThat(SignalTokens.session(verified((String) sets.iterator().next().getValue())))
        .isEqualTo(after);
  }

  @Test
  void subjects_decideWhatIsTold_theNarrowestFirst() {
    Caller by = fresh();
    String id = polled(by);
    JsonObject user = json().put("format", "email").put("email", "jdoe@example.com");
    String wanted = open();
    JsonObject session = json().put("format", "opaque").put("id", wanted);
    JsonObject named = json().put("stream_id", id);
    by.post("/ssf/subjects/remove", named.copy().put("subject", user)).is(204);
    by.post("/ssf/subjects/add", named.copy().put("subject", session)).is(200);
    revoked();
    revoke(wanted, "Wanted");
    by.post("/ssf/verification", named).is(204);

    JsonObject sets = sets(by, id, 2);
    assertThat(sets.stream().map(set -> verified((String) set.getValue())))
        .anyMatch(
            claims ->
                claims.getJsonObject("events").containsKey(SignalTokens.REVOKED)
                    && SignalTokens.session(claims).equals(wanted));

    by.post("/ssf/subjects/add", named.copy().put("subject", user)).is(200);
    revoked();
    sets(by, id, 3);
  }

  @Test
  void otherRealm_isToldNothing() {
    Caller strange = at.key("acme-gateway", SCOPES);
    String id = polled(strange);
    revoked();
    strange.post("/ssf/verification", json().put("stream_id", id)).is(204);
    JsonObject sets = sets(strange, id, 1);
    SignalTokens.event(
        verified((String) sets.iterator().next().getValue()), SignalTokens.VERIFICATION);
  }

  @Test
  void stream_canBePolledFromNowOn_andPushedAgain() {
    Caller by = fresh();
    String id = pushed(by, "/switch");
    receiver.answers("/switch", request -> request.response().setStatusCode(500).end());
    revoked();
    arrived("/switch", 1);

    by.send("PATCH", STREAMS, switched(id, json().put("method", "urn:ietf:rfc:8936"))).is(200);
    sets(by, id, 1);

    receiver.answers("/switched", request -> request.response().setStatusCode(202).end());
    JsonObject push =
        json().put("method", "urn:ietf:rfc:8935").put("endpoint_url", receiver.url("/switched"));
    by.send("PATCH", STREAMS, switched(id, push)).is(200);
    arrived("/switched", 1);
    by.post("/ssf/poll/" + id, now()).is(404);
  }

  private static String switched(String id, JsonObject delivery) {
    return json().put("stream_id", id).put("delivery", delivery).encode();
  }

  @Test
  void tokens_verify_afterTheKeysHaveRotated() throws Exception {
    Caller by = fresh();
    String id = polled(by);
    revoked();
    JsonObject before = sets(by, id, 1);
    String jti = before.fieldNames().iterator().next();
    String oldKey = SignalTokens.keyId(before.getString(jti));
    rotate(oldKey);

    String[] token = new String[1];
    Await.until(
        "the next key signs",
        LIMIT,
        () -> {
          token[0] = poll(by, id, now()).getJsonObject("sets").getString(jti);
          return !SignalTokens.keyId(token[0]).equals(oldKey);
        });
    assertThat(verified(token[0])).isEqualTo(verified(before.getString(jti)));
  }

  /** Lets the time of the key pass, so that the node makes the next one, and lets its time come. */
  private static void rotate(String oldKey) throws Exception {
    RSASSASigner stranger = new RSASSASigner(new RSAKeyGenerator(2_048).generate());
    try (DirectSql sql = at.node.sql()) {
      sql.run("UPDATE signing_key SET signs_from = signs_from - interval '50 s'");
      Await.until(
          "another key",
          LIMIT,
          () -> {
            showUnknownKey(stranger);
            return sql.number("SELECT count(*) FROM signing_key WHERE id <> ?", oldKey) > 0;
          });
      sql.run("UPDATE signing_key SET signs_from = now() WHERE id <> ?", oldKey);
      Await.until(
          "the node has seen it",
          LIMIT,
          () -> {
            showUnknownKey(stranger);
            return SignalTokens.keyId(login())
                .equals(sql.value("SELECT id FROM signing_key ORDER BY signs_from DESC LIMIT 1"));
          });
    }
  }

  private static String login() {
    JsonObject person = at.passwordUser("root", "USER");
    return at.anonymous.post("/api/v1/auth/login", person).is(200).json().getString("accessToken");
  }

  /** A token by a key that the node does not know makes it look at its keys again. */
  private static void showUnknownKey(RSASSASigner stranger) throws Exception {
    SignedJWT strange =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("unknown").build(),
            new JWTClaimsSet.Builder()
                .issuer("http://localhost:8080")
                .jwtID(Installation.unknownId())
                .build());
    strange.sign(stranger);
    at.anonymous.with("Authorization", "Bearer " + strange.serialize()).get(STREAMS).is(401);
  }
}
