package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.sun.net.httpserver.HttpServer;
import dev.curfew.api.am.AgentChannel;
import dev.curfew.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A node behind a proxy, with a cookie of another name, that calls no private addresses. */
class AmSettingsTest {
  private static AmInstallation at;

  @BeforeAll
  static void start() {
    at =
        AmInstallation.start(
            Map.of(
                "am.cookie-name", "staffSession",
                "am.services", "staff",
                "http.trusted-proxies", "127.0.0.0/8",
                "webhooks.allow-private-targets", "false"));
  }

  @AfterAll
  static void stop() {
    at.close();
  }

  @Test
  void cookie_hasTheConfiguredNameAndIsSecureBehindTls() {
    Reply reply =
        at.anonymous()
            .with("X-Forwarded-Proto", "https")
            .with("X-OpenAM-Username", "demo")
            .with("X-OpenAM-Password", AmInstallation.PASSWORD)
            .send("POST", "/json/authenticate?authIndexType=service&authIndexValue=staff")
            .is(200);
    String token = reply.json().getString("tokenId");
    assertThat(reply.header("Set-Cookie"))
        .isEqualTo("staffSession=" + token + "; Path=/; HttpOnly; Secure");
    String info = "/json/sessions?_action=getSessionInfo";
    at.anonymous().with("staffSession", token).send("POST", info).is(200);
    at.anonymous().with("Cookie", "staffSession=" + token).send("POST", info).is(200);
    at.anonymous().with(AmInstallation.COOKIE, token).send("POST", info).is(401);
    assertThat(at.anonymous().get("/json/serverinfo/*").is(200).json().getString("cookieName"))
        .isEqualTo("staffSession");
  }

  @Test
  void listener_atAPrivateAddress_isNeverCalled() throws IOException {
    AtomicInteger calls = new AtomicInteger();
    HttpServer agent =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.createContext("/", exchange -> calls.incrementAndGet());
    agent.start();
    List<String> lines = new CopyOnWriteArrayList<>();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
          }
        };
    Logger log = (Logger) LoggerFactory.getLogger(AgentChannel.class);
    appender.start();
    log.addAppender(appender);
    try {
      String token = at.login("demo");
      String requester =
          Base64.getEncoder().encodeToString(("token:" + token).getBytes(StandardCharsets.UTF_8));
      at.anonymous()
          .with("Content-Type", "text/xml")
          .send(
              "POST",
              "/sessionservice",
              "<RequestSet><Request><![CDATA[<SessionRequest requester=\""
                  + requester
                  + "\"><AddSessionListener><URL>http://127.0.0.1:"
                  + agent.getAddress().getPort()
                  + "/</URL><SessionID>"
                  + token
                  + "</SessionID></AddSessionListener></SessionRequest>]]></Request></RequestSet>")
          .is(200);
      at.anonymous()
          .with("staffSession", token)
          .send("POST", "/json/sessions?_action=logout")
          .is(200);
      Await.until(
          "the notification is given up",
          () -> lines.stream().anyMatch(line -> line.startsWith("A listener was not told")));
      assertThat(lines).noneMatch(line -> line.contains(token));
      assertThat(calls.get()).isZero();
    } finally {
      log.detachAppender(appender);
      agent.stop(0);
    }
  }
}
