package dev.curfew.api.am;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked of sessions by {@code POST .../sessions?_action=}: in which versions of the
 * resource, and by whom. Whatever is not here, or not in the requested version, is not implemented.
 */
enum SessionAction {
  VALIDATE("validate", "1 3.0+", Who.ANYONE),
  IS_ACTIVE("isActive", "1", Who.ADMIN),
  GET_TIME_LEFT("getTimeLeft", "1", Who.OWNER_OR_ADMIN),
  GET_MAX_TIME("getMaxTime", "1", Who.ADMIN),
  GET_MAX_SESSION_TIME("getMaxSessionTime", "1", Who.ADMIN),
  GET_MAX_IDLE("getMaxIdle", "1", Who.OWNER_OR_ADMIN),
  GET_IDLE("getIdle", "1", Who.ADMIN),
  GET_PROPERTY_NAMES("getPropertyNames", "1", Who.OWNER_OR_ADMIN),
  GET_PROPERTY("getProperty", "1", Who.OWNER_OR_ADMIN),
  SET_PROPERTY("setProperty", "1", Who.OWNER_OR_ADMIN),
  DELETE_PROPERTY("deleteProperty", "1", Who.OWNER_OR_ADMIN),
  GET_SESSION_INFO("getSessionInfo", "2.0+", Who.OWNER_OR_ADMIN),
  GET_SESSION_INFO_AND_RESET_IDLE_TIME(
      "getSessionInfoAndResetIdleTime", "4.0+", Who.OWNER_OR_ADMIN),
  REFRESH("refresh", "2.0+", Who.OWNER_OR_ADMIN),
  GET_SESSION_PROPERTIES("getSessionProperties", "2.0+", Who.OWNER_OR_ADMIN),
  UPDATE_SESSION_PROPERTIES("updateSessionProperties", "2.0+", Who.OWNER_OR_ADMIN),
  LOGOUT("logout", "1.0+", Who.ANY_TOKEN),
  LOGOUT_BY_HANDLE("logoutByHandle", "2.0+", Who.ADMIN),
  LOGOUT_BY_USER("logoutByUser", "5.1+", Who.NAMED_USER_OR_ADMIN);

  /** Who may ask. */
  enum Who {
    /** No token of the caller's own is needed. */
    ANYONE,
    /** Whoever holds a live token: the one that they end. */
    ANY_TOKEN,
    /** The user of the session, or who administers their realm. */
    OWNER_OR_ADMIN,
    /** The user that the request names, or who administers their realm. */
    NAMED_USER_OR_ADMIN,
    /** Who administers the realm of the session. */
    ADMIN
  }

  private static final Map<String, SessionAction> BY_NAME = new HashMap<>();

  static {
    for (SessionAction action : values()) {
      BY_NAME.put(action.wireName, action);
      BY_NAME.put(action.wireName.toLowerCase(Locale.ROOT), action);
    }
  }

  private final String wireName;
  private final boolean inVersionOne;
  private final ApiVersion since;
  private final Who who;

  /**
   * @param versions {@code 1} for the resource's first version alone, {@code N.M+} from there on
   */
  SessionAction(String wireName, String versions, Who who) {
    this.wireName = wireName;
    this.inVersionOne = versions.startsWith("1");
    int plus = versions.indexOf('+');
    this.since =
        plus < 0
            ? new ApiVersion(Integer.MAX_VALUE, 0)
            : new ApiVersion(versions.charAt(plus - 3) - '0', versions.charAt(plus - 1) - '0');
    this.who = who;
  }

  String wireName() {
    return wireName;
  }

  Who who() {
    return who;
  }

  boolean offeredIn(ApiVersion version) {
    return (version.major() == 1 && inVersionOne) || version.atLeast(since.major(), since.minor());
  }

  /**
   * By name, without regard to case.
   *
   * @return null for an action that this version does not have
   */
  static @Nullable SessionAction of(String name, ApiVersion version) {
    SessionAction action = BY_NAME.get(name);
    if (action == null) {
      action = BY_NAME.get(name.toLowerCase(Locale.ROOT));
    }
    return action != null && action.offeredIn(version) ? action : null;
  }
}
