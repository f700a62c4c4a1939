package dev.curfew.signals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.store.EventCursor;
import dev.curfew.store.LoggedEvent;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class SessionRevokedTest {
  private static Map<String, Object> event(String type, JsonObject data) {
    return SessionRevoked.event(
        new LoggedEvent(
            new EventCursor(1, 2, 3), type, 1, "root", UUID.randomUUID(), 7L, 1_999, data.encode()),
        data);
  }

  private static JsonObject data(EndReason reason, Initiator.Kind by) {
    return new JsonObject()
        .put("reason", reason.wireName())
        .put("by", new JsonObject().put("kind", by.wireName()).put("name", "olga"));
  }

  @ParameterizedTest
  @CsvSource({
    "EXPIRED,POLICY,policy",
    "IDLE,POLICY,policy",
    "REVOKED,ADMIN,admin",
    "REVOKED,USER,user",
    "REVOKED,POLICY,policy",
    "REVOKED,SYSTEM,system",
    "STOPPED,USER,user",
    "STOPPED,PROCESS,user",
    "STOPPED,ADMIN,admin",
    "STOPPED,POLICY,policy",
    "CHECKED_IN,USER,user",
    "CHECKED_IN,ADMIN,admin",
    "LOST,POLICY,system",
    "QUOTA,USER,policy",
    "DENIED,ADMIN,admin",
    "DENIED,POLICY,policy"
  })
  void initiatingEntity_followsFromReasonAndInitiator(
      EndReason reason, Initiator.Kind by, String expected) {
    assertThat(event(reason.cause().wireName(), data(reason, by)))
        .containsEntry("initiating_entity", expected);
  }

  @ParameterizedTest
  @EnumSource(EndReason.class)
  void everyReason_isToldToAdministratorsAndUsers(EndReason reason) {
    Map<String, Object> event =
        event(
            reason.cause().wireName(), data(reason, Initiator.Kind.ADMIN).put("remark", "Because"));

    assertThat(SessionRevoked.CAUSES).contains(reason.cause().wireName());
    assertThat(event).containsEntry("event_timestamp", 1L);
    assertThat(event.get("reason_admin").toString()).startsWith("{en=");
    assertThat(event.get("reason_admin").toString()).contains("admin olga").contains("Because");
    assertThat(event.get("reason_user").toString()).startsWith("{en=");
    assertThat(event.get("reason_user").toString()).doesNotContain("olga", "Because");
  }

  @Test
  void words_ofANewerNode_areUnderstoodByTheTypeOfTheEvent() {
    JsonObject unknown =
        new JsonObject().put("reason", "bored").put("by", new JsonObject().put("kind", "robot"));

    assertThat(event("dev.curfew.session.expired", unknown))
        .containsEntry("initiating_entity", "policy");
    assertThat(event("dev.curfew.session.revoked", unknown))
        .containsEntry("initiating_entity", "system");
  }
}
