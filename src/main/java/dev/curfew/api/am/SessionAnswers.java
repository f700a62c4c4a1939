package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.api.Gateway;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.TokenView;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** What each action answers of a session, once it is known that the caller may ask. */
final class SessionAnswers {
  private final SessionProperties properties;

  SessionAnswers(Gateway gateway) {
    this.properties = new SessionProperties(gateway);
  }

  Future<Answer> of(SessionAction action, AmCall call, TokenView caller, TokenView session) {
    return switch (action) {
      case REFRESH -> ok(SessionJson.refreshed(session));
      case GET_SESSION_INFO, GET_SESSION_INFO_AND_RESET_IDLE_TIME ->
          call.version().major() < 3
              ? ok(SessionJson.infoWithHandle(session))
              : properties
                  .shown(session)
                  .map(shown -> Answer.ok(SessionJson.infoWithProperties(session, shown)));
      case IS_ACTIVE -> ok("active", true);
      case GET_TIME_LEFT, GET_MAX_TIME -> ok("maxtime", SessionJson.secondsLeft(session));
      case GET_MAX_SESSION_TIME -> ok("maxsessiontime", SessionJson.maxSessionMinutes(session));
      case GET_MAX_IDLE -> ok("maxidletime", SessionJson.maxIdleMinutes(session));
      case GET_IDLE -> ok("idletime", SessionJson.idleSeconds(session));
      case GET_PROPERTY_NAMES ->
          properties
              .names(session)
              .map(names -> Answer.ok(new JsonObject().put("properties", new JsonArray(names))));
      case GET_PROPERTY -> property(call, session).map(SessionAnswers::values);
      case GET_SESSION_PROPERTIES -> properties.shown(session).map(SessionAnswers::values);
      case UPDATE_SESSION_PROPERTIES ->
          properties
              .update(caller, session, SessionProperties.changes(call))
              .map(SessionAnswers::values);
      case SET_PROPERTY ->
          properties
              .set(caller, session, SessionProperties.changes(call))
              .map(set -> Answer.ok(new JsonObject().put("success", true)));
      case DELETE_PROPERTY ->
          properties
              .delete(caller, session, named(call))
              .map(deleted -> Answer.ok(new JsonObject().put("success", true)));
      case VALIDATE, LOGOUT, LOGOUT_BY_HANDLE, LOGOUT_BY_USER ->
          throw CurfewException.of(ErrorCode.INTERNAL, action + " is not asked of one session");
    };
  }

  private Future<Map<String, String>> property(AmCall call, TokenView session) {
    return call.exchange().body().has("properties")
        ? properties.shown(session, SessionProperties.wanted(call.exchange().body()))
        : properties.shown(session);
  }

  private static List<String> named(AmCall call) {
    if (!call.exchange().body().has("properties")) {
      throw CurfewException.invalid("properties", "is required");
    }
    return SessionProperties.wanted(call.exchange().body());
  }

  /** What an administrator is told of a session that is over, or never was. */
  static Answer ofDead(SessionAction action) {
    return switch (action) {
      case IS_ACTIVE -> Answer.ok(new JsonObject().put("active", false));
      case GET_TIME_LEFT, GET_MAX_TIME -> Answer.ok(new JsonObject().put("maxtime", -1));
      case GET_MAX_SESSION_TIME -> Answer.ok(new JsonObject().put("maxsessiontime", -1));
      case GET_MAX_IDLE -> Answer.ok(new JsonObject().put("maxidletime", -1));
      case GET_IDLE -> Answer.ok(new JsonObject().put("idletime", -1));
      case GET_PROPERTY_NAMES, GET_PROPERTY -> Answer.ok(new JsonObject());
      case SET_PROPERTY, DELETE_PROPERTY -> Answer.ok(new JsonObject().put("success", false));
      case GET_SESSION_PROPERTIES, UPDATE_SESSION_PROPERTIES ->
          CrestErrors.of(400, "The session is not valid");
      default -> Answer.ok(SessionJson.invalid());
    };
  }

  static Answer loggedOut(String result) {
    return Answer.ok(new JsonObject().put("result", result));
  }

  private static Answer values(Map<String, String> values) {
    JsonObject json = new JsonObject();
    values.forEach(json::put);
    return Answer.ok(json);
  }

  private static Future<Answer> ok(String field, Object value) {
    return ok(new JsonObject().put(field, value));
  }

  private static Future<Answer> ok(JsonObject body) {
    return Future.succeededFuture(Answer.ok(body));
  }
}
