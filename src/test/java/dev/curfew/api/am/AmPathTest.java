package dev.curfew.api.am;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmPathTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "/json/sessions, '', /, sessions, ''",
        "/json/sessions/, '', /, sessions, ''",
        "/openam/json/sessions, /openam, /, sessions, ''",
        "/am/json/sessions/, /am, /, sessions, ''",
        "/json/realms/root/sessions, '', /, sessions, ''",
        "/json/realms/root/realms/acme/sessions/, '', /acme, sessions, ''",
        "/json/realms/root/realms/a/realms/b/authenticate, '', /a/b, authenticate, ''",
        "/json/realms/root/realms/a%20b/sessions, '', /a b, sessions, ''",
        "/json/realms/root/realms/a+b/sessions, '', /a+b, sessions, ''",
        "/json/realms/other/sessions, '', /other, sessions, ''",
        "/json/sessions/abc.def, '', /, sessions, abc.def",
        "/json/sessions/abc%2Edef/, '', /, sessions, abc.def",
        "/json/serverinfo/*, '', /, serverinfo, *",
        "/json/serverinfo/%2A, '', /, serverinfo, *",
        "/am/json/realms/root/realms/acme/realm-config/services/session, /am, /acme, realm-config,"
            + " services/session",
        "/sessionservice, '', /, sessionservice, ''",
        "/openam/sessionservice/, /openam, /, sessionservice, ''",
        "/json/, '', /, '', ''",
        "/json/realms/root/, '', /, '', ''",
        "/json/realms/, '', /, '', ''"
      })
  void path_isTakenApart(String path, String context, String realm, String resource, String rest) {
    AmPath parsed = AmPath.of(path);
    assertThat(parsed).isNotNull();
    assertThat(parsed.context()).isEqualTo(context);
    assertThat(parsed.resource()).isEqualTo(resource);
    assertThat(parsed.rest()).isEqualTo(rest);
    assertThat(parsed.realm()).isEqualTo(realm);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/json",
        "/jsonx/sessions",
        "/am",
        "/am/xui",
        "/openam/",
        "/sessionservices",
        "/sessionservice/x",
        "/api/v1/sessions",
        "/amx/json/sessions"
      })
  void pathOfSomethingElse_isNone(String path) {
    assertThat(AmPath.of(path)).isNull();
  }

  @Test
  void badPercentEncoding_isLeftAsItStands() {
    AmPath parsed = AmPath.of("/json/sessions/%zz");
    assertThat(parsed).isNotNull();
    assertThat(parsed.rest()).isEqualTo("%zz");
  }
}
