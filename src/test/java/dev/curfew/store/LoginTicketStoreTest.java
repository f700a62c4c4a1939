package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tickets of logins on two nodes of one database. */
class LoginTicketStoreTest {
  private static final long SOON = System.currentTimeMillis() + 300_000;

  private TestStore store;
  private TestStore otherNode;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
    otherNode = TestStore.open(store.endpoint());
  }

  @AfterEach
  void close() {
    otherNode.close();
    store.close();
  }

  @Test
  void ticket_isTakenByOneNodeOnce() {
    LoginTicketStore here = new LoginTicketStore(store.database());
    LoginTicketStore there = new LoginTicketStore(otherNode.database());
    for (int round = 0; round < 20; round++) {
      UUID ticket = new UUID(1, round);
      List<Future<Boolean>> takes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        takes.add(here.take(ticket, SOON));
        takes.add(there.take(ticket, SOON));
      }
      assertThat(takes.stream().filter(Await::result)).hasSize(1);
    }
  }

  @Test
  void ticketsThatNobodyWouldTake_areForgotten() throws Exception {
    LoginTicketStore tickets = new LoginTicketStore(store.database());
    for (int i = 0; i < 30; i++) {
      Await.result(tickets.take(new UUID(2, i), SOON - 3_600_000));
    }
    Await.result(tickets.take(new UUID(3, 1), SOON));
    Await.result(tickets.take(new UUID(3, 2), SOON));
    try (DirectSql sql = DirectSql.open(store.endpoint())) {
      assertThat(sql.number("SELECT count(*) FROM login_ticket_taken")).isLessThanOrEqualTo(3);
    }
  }
}
