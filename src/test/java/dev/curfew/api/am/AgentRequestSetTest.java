package dev.curfew.api.am;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentRequestSetTest {
  private static String request(String requester, String wanted) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        + "<RequestSet vers=\"1.0\" svcid=\"Session\" reqid=\"7\">\n"
        + "<Request><![CDATA[\n<SessionRequest vers=\"1.0\" reqid=\"3\" requester=\""
        + Base64.getEncoder().encodeToString(requester.getBytes(StandardCharsets.UTF_8))
        + "\">\n"
        + wanted
        + "\n</SessionRequest>]]></Request>\n</RequestSet>";
  }

  @ParameterizedTest
  @ValueSource(strings = {"token:AQIC", "token: AQIC", "token:AQIC\n"})
  void listener_isRead(String requester) {
    AgentRequestSet set =
        AgentRequestSet.parse(
            request(
                requester,
                """
                <AddSessionListener>
                <URL>http://agent.example.com:80/notify?a=1&amp;b=2</URL>
                <SessionID>BXCC.x*1</SessionID>
                </AddSessionListener>
                """));
    assertThat(set.service()).isEqualTo("Session");
    assertThat(set.reqid()).isEqualTo("7");
    assertThat(set.requests())
        .containsExactly(
            new AgentRequest(
                "3",
                "AQIC",
                "AddSessionListener",
                "BXCC.x*1",
                "http://agent.example.com:80/notify?a=1&b=2",
                false));
  }

  @Test
  void getSession_isRead() {
    AgentRequest request =
        AgentRequestSet.parse(
                request(
                    "token:A",
                    "<GetSession reset=\"true\"><SessionID>A</SessionID><X><Y/></X></GetSession>"))
            .requests()
            .get(0);
    assertThat(request.kind()).isEqualTo("GetSession");
    assertThat(request.reset()).isTrue();
    assertThat(request.sessionId()).isEqualTo("A");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "nonsense:A", ""})
  void requesterOfAnotherForm_isNone(String requester) {
    assertThat(
            AgentRequestSet.parse(request(requester, "<GetSession/>"))
                .requests()
                .get(0)
                .requester())
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "<RequestSet>",
        "<Other/>",
        "<RequestSet><Request><![CDATA[<Other/>]]></Request></RequestSet>",
        "<RequestSet><Request></Request></RequestSet>",
        "<RequestSet><Other/></RequestSet>",
        "<RequestSet/><RequestSet/>",
        "<RequestSet><Request><![CDATA[<SessionRequest/>]]></Request></RequestSet>",
        "<RequestSet><Request><![CDATA[<SessionRequest><A/><B/></SessionRequest>]]></Request>"
            + "</RequestSet>",
        "<!DOCTYPE RequestSet SYSTEM \"http://127.0.0.1:1/x.dtd\"><RequestSet>&x;</RequestSet>",
        "<!DOCTYPE RequestSet [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
            + "<RequestSet><Request>&x;</Request></RequestSet>",
        "<!DOCTYPE RequestSet [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;\">"
            + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;\">]><RequestSet><Request>&c;</Request></RequestSet>"
      })
  void otherDocument_isMalformed(String body) {
    assertThatThrownBy(() -> AgentRequestSet.parse(body))
        .isInstanceOfSatisfying(
            CurfewException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.MALFORMED_BODY));
  }
}
