package dev.curfew.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginTicketsTest {
  private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
  private final Set<UUID> taken = new HashSet<>();
  private final LoginTickets tickets = tickets((byte) 1);

  private LoginTickets tickets(byte key) {
    byte[] bytes = new byte[32];
    bytes[0] = key;
    return new LoginTickets(
        SecretBox.of(bytes), (id, until) -> Future.succeededFuture(taken.add(id)), now::get);
  }

  private boolean take(LoginTickets node, String ticket, String realm) {
    return Await.result(node.take(ticket, realm));
  }

  @Test
  void ticket_isTakenOnceInItsRealm() {
    String ticket = tickets.issue("root");
    assertThat(take(tickets, ticket, "acme")).isFalse();
    assertThat(take(tickets, ticket, "root")).isTrue();
    assertThat(take(tickets, ticket, "root")).isFalse();
  }

  @Test
  void ticket_isGoodOnAnotherNodeWithTheSameKey() {
    assertThat(take(tickets((byte) 1), tickets.issue("root"), "root")).isTrue();
    assertThat(take(tickets((byte) 2), tickets.issue("root"), "root")).isFalse();
  }

  @Test
  void ticket_expires() {
    String ticket = tickets.issue("root");
    now.addAndGet(LoginTickets.LIFE.toMillis() + 1);
    assertThat(take(tickets, ticket, "root")).isFalse();
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
      assertThat(take(tickets, forged, "root")).as(forged).isFalse();
    }
  }
}
