package dev.curfew.contract;

import static dev.curfew.contract.AmInstallation.act;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import dev.curfew.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Policy agents: they ask to be told of a session's end, and are told. */
class AmAgentTest {
  private static AmInstallation at;
  private static HttpServer agent;
  private static final List<String> told = new CopyOnWriteArrayList<>();
  private static final List<String> types = new CopyOnWriteArrayList<>();
  private static final AtomicInteger failing = new AtomicInteger();

  @BeforeAll
  static void start() throws IOException {
    at = AmInstallation.start(Map.of());
    agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.createContext(
        "/notify",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          int status = failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0 ? 503 : 200;
          if (status == 200) {
            types.add(
                Objects.requireNonNullElse(
                    exchange.getRequestHeaders().getFirst("Content-Type"), ""));
            told.add(new String(body, StandardCharsets.UTF_8));
          }
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    agent.start();
  }

  @AfterAll
  static void stop() {
    agent.stop(0);
    at.close();
  }

  private static String requestSet(String requester, String... wanted) {
    StringBuilder xml =
        new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
            .append("<RequestSet vers=\"1.0\" svcid=\"Session\" reqid=\"0\">");
    String encoded = Base64.getEncoder().encodeToString(requester.getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < wanted.length; i++) {
      xml.append("<Request><![CDATA[<SessionRequest vers=\"1.0\" reqid=\"")
          .append(i + 1)
          .append("\" requester=\"")
          .append(encoded)
          .append("\">")
          .append(wanted[i])
          .append("</SessionRequest>]]></Request>");
    }
    return xml.append("</RequestSet>").toString();
  }

  private static String listener(String token) {
    return "<AddSessionListener><URL>http://127.0.0.1:"
        + agent.getAddress().getPort()
        + "/notify?shortcircuit=false&amp;x=1</URL><SessionID>"
        + token
        + "</SessionID></AddSessionListener>";
  }

  private static Reply post(String path, String body) {
    return at.anonymous().with("Content-Type", "text/xml; charset=UTF-8").send("POST", path, body);
  }

  private static long toldOf(String token) {
    return told.stream()
        .filter(xml -> xml.contains("sid=\"" + token + "\"") && xml.contains("state=\"destroyed\""))
        .count();
  }

  @Test
  void listener_isToldOfTheEnd() {
    String agents = at.login("other");
    for (String path :
        List.of("/sessionservice", "/openam/sessionservice", "/am/sessionservice/")) {
      String token = at.login("demo");
      String requester = path.startsWith("/am") ? "token: " + agents : "token:" + agents;
      Reply reply = post(path, requestSet(requester, listener(token))).is(200);
      assertThat(reply.text())
          .contains("<ResponseSet vers=\"1.0\" svcid=\"Session\" reqid=\"0\">")
          .contains("<SessionResponse vers=\"1.0\" reqid=\"1\">")
          .contains("<AddSessionListener>\n<OK></OK>\n</AddSessionListener>");
      act(at.holder(token), "3", "logout", "").is(200);
      Await.until("the agent is told", () -> toldOf(token) == 1);
    }
    assertThat(types).allSatisfy(type -> assertThat(type).startsWith("text/xml"));
  }

  @Test
  void listener_thatFails_isToldLater() {
    String token = at.login("demo");
    post("/sessionservice", requestSet("token:" + token, listener(token))).is(200);
    failing.set(1);
    act(at.holder(token), "3", "logout", "").is(200);
    Await.until("the agent is told after all", () -> toldOf(token) == 1);
    assertThat(failing.get()).isZero();
  }

  @Test
  void agent_readsASessionAndRegistersAtOnce() {
    String token = at.login("demo");
    String xml =
        post(
                "/sessionservice",
                requestSet(
                    "token:" + token,
                    "<GetSession reset=\"true\"><SessionID>" + token + "</SessionID></GetSession>",
                    listener(token)))
            .is(200)
            .text();
    assertThat(xml)
        .contains("sid=\"" + token + "\"", "maxtime=\"120\"", "maxidle=\"30\"", "state=\"valid\"")
        .contains("<OK></OK>");
  }

  @Test
  void refusals_areInTheAnswer() {
    String token = at.login("demo");
    assertThat(post("/sessionservice", requestSet("nonsense", listener(token))).is(200).text())
        .contains("<Exception>Application token passed in, is invalid.</Exception>");
    assertThat(
            post("/sessionservice", requestSet("token:" + token, listener("AQIC"))).is(200).text())
        .contains("<Exception>Session state is invalid.</Exception>");
    assertThat(
            post(
                    "/sessionservice",
                    requestSet(
                        "token:" + token,
                        listener(token).replace("http:", "file:"),
                        "<Destroy><SessionID>" + token + "</SessionID></Destroy>"))
                .is(200)
                .text())
        .contains("<AddSessionListener>\n<Exception>", "<Destroy>\n<Exception>");
  }

  @Test
  void badXml_isRefused() {
    String bomb =
        "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>"
            + "<RequestSet><Request>&b;</Request></RequestSet>";
    for (String body : List.of("", "<", "{}", "<RequestSet>", bomb)) {
      post("/sessionservice", body).tellsNothingOfTheInside().is(400);
    }
    post("/sessionservice", "<a>".repeat(100_000)).is(413);
  }

  @Test
  void tokens_areNeverLogged() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.start();
    root.addAppender(log);
    List<String> tokens = new ArrayList<>();
    try {
      String token = at.login("demo");
      tokens.add(token);
      act(at.holder(token), "1", "getTimeLeft", token).is(200);
      at.holder(token)
          .with("Accept-API-Version", "resource=1")
          .send("POST", "/json/sessions/" + token + "?_action=getTimeLeft", "{}")
          .is(200);
      at.holder(token).sendUndocumented("GET", "/json/sessions/" + token).is(501);
      post("/sessionservice", requestSet("token:" + token, listener(token))).is(200);
      failing.set(1);
      act(at.holder(token), "3", "logout", "").is(200);
      Await.until("the agent is told", () -> toldOf(token) == 1);
    } finally {
      root.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> tokens.stream().anyMatch(line::contains));
  }
}
