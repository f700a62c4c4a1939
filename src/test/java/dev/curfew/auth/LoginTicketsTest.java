package dev.curfew.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginTicketsTest {
  private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
  private final LoginTickets tickets = tickets((byte) 1);

  private LoginTickets tickets(byte key) {
    byte[] bytes = new byte[32];
    bytes[0] = key;
    return new LoginTickets(SecretBox.of(bytes), now::get);
  }

  @Test
  void ticket_isTakenOnceInItsRealm() {
    String ticket = tickets.issue("root");
    assertThat(tickets.take(ticket, "acme")).isFalse();
    assertThat(tickets.take(ticket, "root")).isTrue();
    assertThat(tickets.take(ticket, "root")).isFalse();
  }

  @Test
  void ticket_isGoodOnAnotherNodeWithTheSameKey() {
    assertThat(tickets((byte) 1).take(tickets.issue("root"), "root")).isTrue();
    assertThat(tickets((byte) 2).take(tickets.issue("root"), "root")).isFalse();
  }

  @Test
  void ticket_expires() {
    String ticket = tickets.issue("root");
    now.addAndGet(LoginTickets.LIFE.toMillis() + 1);
    assertThat(tickets.take(ticket, "root")).isFalse();
  }

  @Test
  void forgery_isNoTicket() {
    String[] parts = tickets.issue("root").split("\\.");
    String none =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
    for (String forged :
        new String[] {
          "",
          "...",
          "a.b.c",
          none + "." + parts[1] + ".",
          none + "." + parts[1] + "." + parts[2],
          parts[0] + "." + parts[1] + "." + "A".repeat(43),
          parts[0] + "." + parts[1] + "A." + parts[2],
          "x".repeat(10_000)
        }) {
      assertThat(tickets.take(forged, "root")).as(forged).isFalse();
    }
  }
}
