package dev.curfew.api.am;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionActionTest {
  /** As the contract's table has them. */
  @ParameterizedTest
  @CsvSource({
    "validate, 1.2 3.0 3.1 4.0 5.1, ANYONE",
    "isActive, 1.2, ADMIN",
    "getTimeLeft, 1.2, OWNER_OR_ADMIN",
    "getMaxTime, 1.2, ADMIN",
    "getMaxSessionTime, 1.2, ADMIN",
    "getMaxIdle, 1.2, OWNER_OR_ADMIN",
    "getIdle, 1.2, ADMIN",
    "getPropertyNames, 1.2, OWNER_OR_ADMIN",
    "getProperty, 1.2, OWNER_OR_ADMIN",
    "setProperty, 1.2, OWNER_OR_ADMIN",
    "deleteProperty, 1.2, OWNER_OR_ADMIN",
    "getSessionInfo, 2.0 2.1 3.0 3.1 4.0 5.1, OWNER_OR_ADMIN",
    "getSessionInfoAndResetIdleTime, 4.0 5.1, OWNER_OR_ADMIN",
    "refresh, 2.0 2.1 3.0 3.1 4.0 5.1, OWNER_OR_ADMIN",
    "getSessionProperties, 2.0 2.1 3.0 3.1 4.0 5.1, OWNER_OR_ADMIN",
    "updateSessionProperties, 2.0 2.1 3.0 3.1 4.0 5.1, OWNER_OR_ADMIN",
    "logout, 1.2 2.0 2.1 3.0 3.1 4.0 5.1, ANY_TOKEN",
    "logoutByHandle, 2.0 2.1 3.0 3.1 4.0 5.1, ADMIN",
    "logoutByUser, 5.1, NAMED_USER_OR_ADMIN"
  })
  void action_isOfferedInItsVersionsOnly(String name, String versions, SessionAction.Who who) {
    for (String text : "1.2 2.0 2.1 3.0 3.1 4.0 5.1".split(" ")) {
      ApiVersion version = new ApiVersion(text.charAt(0) - '0', text.charAt(2) - '0');
      SessionAction action = SessionAction.of(name, version);
      if (Arrays.asList(versions.split(" ")).contains(text)) {
        assertThat(action).as(text).isNotNull();
        assertThat(action.wireName()).isEqualTo(name);
        assertThat(action.who()).isEqualTo(who);
        assertThat(SessionAction.of(name.toUpperCase(Locale.ROOT), version)).isEqualTo(action);
      } else {
        assertThat(action).as(text).isNull();
      }
    }
  }

  @Test
  void unknownAction_isNone() {
    assertThat(SessionAction.of("destroy", new ApiVersion(5, 1))).isNull();
    assertThat(SessionAction.of("", new ApiVersion(5, 1))).isNull();
  }
}
