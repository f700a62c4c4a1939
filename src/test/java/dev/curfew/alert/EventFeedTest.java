package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventStore;
import dev.curfew.store.RealmStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private static final String STARTED = "dev.curfew.session.started";
  private static final String ENDED = "dev.curfew.session.ended";
  private static final String LOGIN = "dev.curfew.auth.login";
  private static final Principal ADMIN = AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ);
  private static final Principal USER = AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ);

  private static final Principal AUDITOR =
      AlertNode.principal(3, 1, Role.AUDITOR, Scope.AUDIT_READ);
  private static final long NOON = Instant.parse("2026-02-18T12:00:00Z").toEpochMilli();

  private TestStore store;
  private EventFeed feed;
  private DirectSql sql;
  private TestLog log;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    feed = new EventFeed(new EventStore(store.database()), new RealmStore(store.database()));
    sql = DirectSql.open(store.endpoint());
    log = new TestLog(sql);
  }

  @AfterEach
  void close() throws Exception {
    sql.close();
    store.close();
  }

  @Test
  void poll_goesFromPageToPageAndGivesACursorAlsoAtTheEnd() throws Exception {
    assertThat(poll(ADMIN, Map.of(), 10)).isEqualTo(page(List.of(), EventCursor.START.text()));
    log.write("a", "b", "c");

    JsonObject first = poll(ADMIN, Map.of(), 2);
    JsonObject second = poll(ADMIN, Map.of("after", first.getString("next")), 2);
    JsonObject third = poll(ADMIN, Map.of("after", second.getString("next")), 2);
    log.write("d");
    JsonObject fourth = poll(ADMIN, Map.of("after", third.getString("next")), 2);

    assertThat(names(first)).containsExactly("a", "b");
    assertThat(names(second)).containsExactly("c");
    assertThat(names(third)).isEmpty();
    assertThat(third.getString("next")).isEqualTo(second.getString("next"));
    assertThat(names(fourth)).containsExactly("d");
    assertThat(first.getString("next"))
        .isEqualTo(first.getJsonArray("items").getJsonObject(1).getString("id"));
  }

  @Test
  void poll_movesOnOverWhatItDoesNotShow() throws Exception {
    log.write(LOGIN, 1, null, 2L, "login");
    log.write(STARTED, 1, UUID.randomUUID(), 1L, "other");

    JsonObject page = poll(USER, Map.of(), 10);

    assertThat(names(page)).isEmpty();
    assertThat(page.getString("next")).isEqualTo(poll(ADMIN, Map.of(), 10).getString("next"));
  }

  @Test
  void poll_findsWhatIsFarBehindOthers() throws Exception {
    sql.run(
        "INSERT INTO event (type, realm_id, session_id, user_id, at, data)"
            + " SELECT ?, 1, gen_random_uuid(), 1, now(), '{}' FROM generate_series(1, 9000)",
        STARTED);
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "own");

    assertThat(names(poll(USER, Map.of(), 10))).containsExactly("own");
  }

  @Test
  void poll_showsUsersTheirOwnSessionsOnly() throws Exception {
    UUID others = UUID.randomUUID();
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "own");
    log.write(STARTED, 1, others, 1L, "other");

    assertThat(names(poll(USER, Map.of(), 10))).containsExactly("own");
    assertThat(names(poll(USER, Map.of("user", "USER2"), 10))).containsExactly("own");
    assertThat(names(poll(USER, Map.of("user", "2"), 10))).containsExactly("own");
    assertThat(names(poll(USER, Map.of("user", USER.userUuid().toString()), 10)))
        .containsExactly("own");
    assertThat(names(poll(USER, Map.of("session", others.toString()), 10))).isEmpty();
    assertThat(refusal(USER, Map.of("user", "1")).code()).isEqualTo(ErrorCode.FORBIDDEN);
  }

  @Test
  void poll_filtersByTypesSessionAndUserAlike() throws Exception {
    TestPeople people = new TestPeople(sql).realm(1, "acme").realm(2, "other");
    UUID ada = people.user(7, 1, "ada");
    people.user(8, 2, "ada");
    UUID session = UUID.randomUUID();
    log.write(STARTED, 1, session, 7L, "started");
    log.write(LOGIN, 1, null, 7L, "login");
    log.write(ENDED, 1, session, 7L, "ended");
    log.write(STARTED, 2, UUID.randomUUID(), 8L, "elsewhere");
    log.write(LOGIN, 1, null, 9L, "somebody");

    assertThat(all(Map.of("types", LOGIN))).containsExactly("login", "somebody");
    assertThat(all(Map.of("types", STARTED + ", " + ENDED)))
        .containsExactly("started", "ended", "elsewhere");
    assertThat(all(Map.of("session", session.toString()))).containsExactly("started", "ended");
    assertThat(all(Map.of("session", session.toString(), "types", ENDED))).containsExactly("ended");
    assertThat(all(Map.of("user", ada.toString()))).containsExactly("started", "login", "ended");
    assertThat(all(Map.of("user", "7"))).containsExactly("started", "login", "ended");
    assertThat(all(Map.of("user", "Ada")))
        .containsExactly("started", "login", "ended", "elsewhere");
    assertThat(all(Map.of("user", "ada", "types", STARTED)))
        .containsExactly("started", "elsewhere");
    assertThat(all(Map.of("user", "8", "session", session.toString()))).isEmpty();
  }

  @Test
  void poll_ofARealmIsForWhomItIsVisible() throws Exception {
    TestPeople people = new TestPeople(sql).realm(1, "acme").realm(2, "other");
    people.user(7, 1, "ada");
    people.user(8, 2, "ada");
    log.write(STARTED, 1, UUID.randomUUID(), 2L, "own");
    log.write(LOGIN, 1, null, 7L, "here");
    log.write(STARTED, 2, UUID.randomUUID(), 8L, "there");

    assertThat(all(Map.of("realm", "acme"))).containsExactly("own", "here");
    assertThat(all(Map.of("realm", "other"))).containsExactly("there");
    assertThat(all(Map.of("realm", "other", "user", "ada"))).containsExactly("there");
    assertThat(refusal(ADMIN, Map.of("realm", "other", "user", "7")).field()).isEqualTo("user");
    assertThat(names(poll(AUDITOR, Map.of("realm", "acme"), 10))).containsExactly("own", "here");
    assertThat(names(poll(USER, Map.of("realm", "acme"), 10))).containsExactly("own");
    for (Principal other : List.of(AUDITOR, USER)) {
      CurfewException hidden = refusal(other, Map.of("realm", "other"));
      CurfewException unknown = refusal(other, Map.of("realm", "nowhere"));
      assertThat(hidden.code()).isEqualTo(ErrorCode.NOT_FOUND);
      assertThat(unknown.code()).isEqualTo(ErrorCode.NOT_FOUND);
      assertThat(hidden.getMessage().replace("other", "nowhere")).isEqualTo(unknown.getMessage());
    }
    assertThat(refusal(ADMIN, Map.of("realm", "nowhere")).code()).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void poll_ofAWindowIsHalfOpenWhateverItsOffset() throws Exception {
    log.writeAt(NOON - 1, "before");
    log.writeAt(NOON, "first");
    log.writeAt(NOON + 999, "last");
    log.writeAt(NOON + 1000, "after");

    assertThat(all(Map.of("from", "2026-02-18T12:00:00Z", "to", "2026-02-18T12:00:01Z")))
        .containsExactly("first", "last");
    assertThat(all(Map.of("from", "2026-02-18T14:00:00+02:00", "to", "2026-02-18t07:00:01-05:00")))
        .containsExactly("first", "last");
    assertThat(all(Map.of("from", "2026-02-18T12:00:00.998000001Z")))
        .containsExactly("last", "after");
    assertThat(all(Map.of("to", "2026-02-18T12:00:00.000000001Z")))
        .containsExactly("before", "first");
    assertThat(all(Map.of("from", "2026-02-18T12:00:00Z", "to", "2026-02-18T12:00:00Z"))).isEmpty();
    assertThat(all(Map.of("from", "0000-01-01T00:00:00Z", "to", "9999-12-31T23:59:59Z")))
        .hasSize(4);
  }

  @Test
  void poll_ofAWindowAndOtherFiltersShowsWhatSatisfiesAll() throws Exception {
    new TestPeople(sql).realm(1, "acme").realm(2, "other").user(1, 1, "ada");
    UUID session = UUID.randomUUID();
    log.write(STARTED, 1, session, 1L, "started");
    log.write(ENDED, 1, session, 1L, "ended");
    log.write(ENDED, 1, session, 7L, "another's");
    log.write(ENDED, 2, session, 1L, "other realm's");
    log.writeAt(NOON, "long ago");
    Map<String, String> wanted =
        Map.of(
            "from",
            Instant.now().minusSeconds(600).toString(),
            "to",
            Instant.now().plusSeconds(600).toString(),
            "types",
            ENDED,
            "session",
            session.toString(),
            "user",
            "ada",
            "realm",
            "acme");

    assertThat(all(wanted)).containsExactly("ended");
    assertThat(names(poll(AUDITOR, wanted, 10))).containsExactly("ended");
  }

  @Test
  void poll_ofAWindowThatIsOverEndsWhileOthersWrite() throws Exception {
    Map<String, String> window =
        Map.of("from", "2026-02-18T12:00:00Z", "to", "2026-02-18T12:00:01Z");
    for (int i = 0; i < 10; i++) {
      log.writeAt(NOON + i, "w" + i);
      log.write("now" + i);
    }
    List<String> seen = new ArrayList<>();
    String after = EventCursor.START.text();
    for (JsonObject page = poll(ADMIN, with(window, after), 3);
        !names(page).isEmpty();
        page = poll(ADMIN, with(window, after), 3)) {
      seen.addAll(names(page));
      after = page.getString("next");
      log.write("meanwhile");
    }
    assertThat(seen).containsExactly("w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9");

    String end = poll(ADMIN, with(window, after), 3).getString("next");
    assertThat(poll(ADMIN, with(window, end), 3)).isEqualTo(page(List.of(), end));
    log.writeAt(NOON + 5, "late");
    assertThat(names(poll(ADMIN, with(window, end), 3))).containsExactly("late");
  }

  @Test
  void query_namesTheParameterThatMakesNoSense() {
    for (String name : List.of("from", "to")) {
      for (String bad :
          List.of(
              "yesterday",
              "2026-02-18",
              "2026-02-18T12:00:00",
              "2026-02-18T12:00Z",
              "2026-02-30T12:00:00Z",
              "2026-02-18T25:00:00Z",
              "2026-02-18T12:00:00+99:00",
              "+999999999-12-31T23:59:59Z",
              "1771416000000",
              "2026-02-18T12:00:00\0Z",
              "9".repeat(100_000))) {
        assertThat(malformed(Map.of(name, bad))).isEqualTo(name);
      }
    }
    assertThat(malformed(Map.of("from", "2026-02-18T12:00:01Z", "to", "2026-02-18T12:00:00Z")))
        .isEqualTo("to");
    assertThat(malformed(Map.of("realm", "a\0b"))).isEqualTo("realm");
    assertThat(malformed(Map.of("realm", "a".repeat(100_000)))).isEqualTo("realm");
    assertThat(malformed(Map.of("user", "a\0b"))).isEqualTo("user");
    assertThat(malformed(Map.of("types", LOGIN + ",,"))).isEqualTo("types");
    assertThat(malformed(Map.of("types", "9".repeat(100_000)))).isEqualTo("types");
    assertThat(malformed(Map.of("session", "0".repeat(36)))).isEqualTo("session");
    assertThat(malformed(Map.of("after", "-1"))).isEqualTo("after");
  }

  @Test
  void liveQuery_hasNoTimes() {
    assertThat(EventQuery.live(Map.of("realm", "acme")::get).realm()).isEqualTo("acme");
    for (String name : List.of("from", "to")) {
      Map<String, String> query = Map.of(name, "2026-02-18T12:00:00Z");
      assertThat(
              catchThrowableOfType(CurfewException.class, () -> EventQuery.live(query::get))
                  .field())
          .isEqualTo(name);
    }
  }

  private static String malformed(Map<String, String> query) {
    CurfewException refusal =
        catchThrowableOfType(CurfewException.class, () -> EventQuery.of(query::get));
    assertThat(refusal.getMessage()).hasSizeLessThan(200);
    return refusal.field();
  }

  private static Map<String, String> with(Map<String, String> query, String after) {
    Map<String, String> all = new HashMap<>(query);
    all.put("after", after);
    return all;
  }

  private List<String> all(Map<String, String> query) {
    return names(poll(ADMIN, query, 100));
  }

  @Test
  void poll_isRefusedWithTheParameterAtFault() {
    assertThat(refusal(ADMIN, Map.of("user", "nobody")).field()).isEqualTo("user");
    assertThat(refusal(ADMIN, Map.of("after", new EventCursor(1L << 40, 1, 0).text())).code())
        .isEqualTo(ErrorCode.BAD_CURSOR);
    Principal unscoped = AlertNode.principal(1, 1, Role.ADMIN, Scope.PSM_WRITE);
    assertThat(refusal(unscoped, Map.of()).code()).isEqualTo(ErrorCode.FORBIDDEN);
  }

  private JsonObject poll(Principal principal, Map<String, String> query, int limit) {
    return Await.result(feed.poll(principal, EventQuery.of(query::get), limit))
        .toJson()
        .toJsonObject();
  }

  private CurfewException refusal(Principal principal, Map<String, String> query) {
    return (CurfewException) Await.failure(feed.poll(principal, EventQuery.of(query::get), 10));
  }

  private static JsonObject page(List<JsonObject> items, String next) {
    return new JsonObject().put("items", new JsonArray(items)).put("next", next);
  }

  private static List<String> names(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getJsonObject("data").getString("name"))
        .toList();
  }
}
