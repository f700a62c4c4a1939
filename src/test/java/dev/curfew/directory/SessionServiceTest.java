package dev.curfew.directory;

import static dev.curfew.testing.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ExpectedRevision;
import dev.curfew.realm.QuotaAction;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionPropertyWhitelist;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.Stored;
import dev.curfew.session.Initiator;
import dev.curfew.session.Tier;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SessionServiceTest {
  private static TestNode node;
  private static SessionService service;
  private static Initiator by;

  @BeforeAll
  static void start() throws Exception {
    node = TestNode.start();
    service = node.directory().sessionService();
    by = node.admin().administrator();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static SessionServiceSettings settings(int session, int idle, int quota, int caching) {
    return SessionServiceSettings.of(
        session, idle, quota, caching, QuotaAction.DESTROY_NEXT_EXPIRING);
  }

  private static SessionServiceSettings find(Realm realm) {
    return Await.result(service.find(realm.id())).orElseThrow();
  }

  @Test
  void service_isAddedChangedAndTakenAway() throws Exception {
    Realm realm = node.realm(Tier.BUSINESS);
    assertThat(Await.result(service.find(realm.id()))).isEmpty();
    assertThat(Await.result(service.effective(realm.id())))
        .isEqualTo(SessionServiceSettings.DEFAULTS);

    SessionServiceSettings created =
        Await.result(service.create(realm.id(), settings(120, 30, 5, 3), by));
    assertThat(created.revision()).isNotEmpty();
    assertThat(created)
        .isEqualTo(
            new SessionServiceSettings(
                120, 30, 5, 3, QuotaAction.DESTROY_NEXT_EXPIRING, created.revision()));
    assertThat(find(realm)).isEqualTo(created);
    refused(ErrorCode.ALREADY_EXISTS, () -> service.create(realm.id(), settings(1, 1, 0, 1), by));

    Stored<SessionServiceSettings> changed =
        Await.result(
            service.put(
                realm.id(),
                SessionServiceSettings.of(60, 10, 0, 1, QuotaAction.DENY_ACCESS),
                ExpectedRevision.exactly(created.revision()),
                by));
    assertThat(changed.created()).isFalse();
    assertThat(changed.value().revision()).isNotEqualTo(created.revision());
    assertThat(changed.value().quotaAction()).isEqualTo(QuotaAction.DENY_ACCESS);
    assertThat(find(realm)).isEqualTo(changed.value());

    assertThat(Await.result(service.delete(realm.id(), ExpectedRevision.ANY, by)))
        .contains(changed.value());
    assertThat(Await.result(service.delete(realm.id(), ExpectedRevision.ANY, by))).isEmpty();
    assertThat(Await.result(service.find(realm.id()))).isEmpty();
    SessionServiceSettings again =
        Await.result(service.create(realm.id(), settings(120, 30, 5, 3), by));
    assertThat(again.revision()).isNotIn(created.revision(), changed.value().revision());
    try (DirectSql sql = DirectSql.open(node.store().endpoint())) {
      assertThat(
              sql.column(
                  """
                  SELECT data ->> 'action' FROM event
                  WHERE realm_id = ? AND data ->> 'what' = 'service' ORDER BY xid, id
                  """,
                  realm.id()))
          .containsExactly("created", "changed", "deleted", "created");
    }
  }

  @Test
  void writes_onAWrongBeliefChangeNothing() {
    Realm realm = node.realm(Tier.BUSINESS);
    SessionServiceSettings wanted = settings(60, 10, 0, 1);
    for (ExpectedRevision wrong :
        List.of(ExpectedRevision.PRESENT, ExpectedRevision.exactly("1"))) {
      refused(ErrorCode.REVISION_MISMATCH, () -> service.put(realm.id(), wanted, wrong, by));
      refused(ErrorCode.REVISION_MISMATCH, () -> service.delete(realm.id(), wrong, by));
    }
    Stored<SessionServiceSettings> stored =
        Await.result(service.put(realm.id(), wanted, ExpectedRevision.ABSENT, by));
    assertThat(stored.created()).isTrue();
    for (ExpectedRevision wrong :
        List.of(ExpectedRevision.ABSENT, ExpectedRevision.exactly("no number"))) {
      refused(
          ErrorCode.REVISION_MISMATCH,
          () -> service.put(realm.id(), settings(1, 1, 0, 1), wrong, by));
      refused(ErrorCode.REVISION_MISMATCH, () -> service.delete(realm.id(), wrong, by));
    }
    assertThat(find(realm)).isEqualTo(stored.value());
    assertThat(ErrorCode.REVISION_MISMATCH.httpStatus()).isEqualTo(412);
  }

  @Test
  void concurrentWriters_ofOneRevisionHaveOneWinner() {
    Realm realm = node.realm(Tier.BUSINESS);
    SessionServiceSettings created =
        Await.result(service.create(realm.id(), settings(60, 10, 0, 1), by));
    List<Future<Boolean>> writers =
        IntStream.range(1, 13)
            .mapToObj(
                i ->
                    service
                        .put(
                            realm.id(),
                            settings(i, i, i, i),
                            ExpectedRevision.exactly(created.revision()),
                            by)
                        .map(true)
                        .otherwise(false))
            .toList();
    assertThat(writers.stream().map(Await::result).filter(won -> won)).hasSize(1);
  }

  @Test
  void settingsOutOfBounds_areRefusedByAttribute() {
    Realm business = node.realm(Tier.BUSINESS);
    Realm free = node.realm(Tier.FREE);
    Map<SessionServiceSettings, String> bad = new LinkedHashMap<>();
    for (int value : new int[] {0, -1, 1_441, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      bad.put(settings(value, 30, 5, 3), "maxSessionTime");
      bad.put(settings(120, value, 5, 3), "maxIdleTime");
    }
    for (int value : new int[] {-1, 1_000_001, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      bad.put(settings(120, 30, value, 3), "quotaLimit");
    }
    for (int value : new int[] {0, -1, 527_041, Integer.MAX_VALUE}) {
      bad.put(settings(120, 30, 5, value), "maxCachingTime");
    }
    bad.forEach(
        (settings, field) ->
            assertThat(
                    refused(
                            ErrorCode.INVALID_FIELD,
                            () -> service.create(business.id(), settings, by))
                        .field())
                .isEqualTo(field));
    assertThat(
            refused(
                    ErrorCode.INVALID_FIELD,
                    () -> service.create(free.id(), settings(121, 30, 5, 3), by))
                .field())
        .isEqualTo("maxSessionTime");
    assertThat(Await.result(service.find(business.id()))).isEmpty();
    Await.result(service.create(business.id(), settings(1_440, 1_440, 1_000_000, 527_040), by));
    Await.result(service.create(free.id(), settings(120, 120, 0, 1), by));
    refused(ErrorCode.NOT_FOUND, () -> service.create(99_999, settings(1, 1, 0, 1), by));
  }

  @Test
  void whitelist_isAServiceOfItsOwn() {
    Realm realm = node.realm(Tier.BUSINESS);
    assertThat(Await.result(service.findWhitelist(realm.id()))).isEmpty();
    SessionPropertyWhitelist created =
        Await.result(
            service.createWhitelist(
                realm.id(),
                SessionPropertyWhitelist.of(List.of("AuthLevel", "foo", "AuthLevel")),
                by));
    assertThat(created.names()).containsExactly("AuthLevel", "foo");
    assertThat(Await.result(service.findWhitelist(realm.id()))).contains(created);
    assertThat(Await.result(service.find(realm.id()))).isEmpty();
    refused(
        ErrorCode.ALREADY_EXISTS,
        () -> service.createWhitelist(realm.id(), SessionPropertyWhitelist.of(List.of()), by));
    refused(
        ErrorCode.REVISION_MISMATCH,
        () ->
            service.putWhitelist(
                realm.id(), SessionPropertyWhitelist.of(List.of()), ExpectedRevision.ABSENT, by));
    for (List<String> bad :
        List.of(
            List.of(""),
            List.of("a\0b"),
            List.of("x".repeat(129)),
            Collections.nCopies(201, "a"))) {
      assertThat(
              refused(
                      ErrorCode.INVALID_FIELD,
                      () ->
                          service.putWhitelist(
                              realm.id(),
                              SessionPropertyWhitelist.of(bad),
                              ExpectedRevision.ANY,
                              by))
                  .field())
          .isEqualTo("sessionPropertyWhitelist");
    }
    assertThat(
            Await.result(
                    service.putWhitelist(
                        realm.id(),
                        SessionPropertyWhitelist.of(List.of()),
                        ExpectedRevision.PRESENT,
                        by))
                .value()
                .names())
        .isEmpty();
    assertThat(Await.result(service.deleteWhitelist(realm.id(), ExpectedRevision.ANY, by)))
        .isPresent();
    assertThat(Await.result(service.findWhitelist(realm.id()))).isEmpty();
  }
}
