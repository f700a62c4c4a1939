package dev.curfew.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestStore;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private static final String STARTED = "dev.curfew.session.started";
  private static final String LOGIN = "dev.curfew.auth.login";
  private static final Principal ADMIN = AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ);
  private static final Principal USER = AlertNode.principal(2, 1, Role.USER, Scope.SESSIONS_READ);

  private TestStore store;
  private EventFeed feed;
  private DirectSql sql;
  private TestLog log;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    feed = new EventFeed(new EventStore(store.database()));
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
