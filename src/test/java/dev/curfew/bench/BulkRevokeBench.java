package dev.curfew.bench;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.directory.ActiveSessions;
import dev.curfew.directory.Revocation;
import dev.curfew.session.Command;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.SessionKind;
import dev.curfew.session.Terms;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestNode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * How long one call takes that revokes 10,000 sessions, from asking to the answer about each, and
 * in how many statements their ends were committed. Real shards on the real embedded PostgreSQL,
 * fsync on.
 */
public final class BulkRevokeBench {
  private static final int ROUNDS = 5;
  private static final long HOUR = 3_600_000;

  private BulkRevokeBench() {}

  public static void main(String[] args) throws Exception {
    try (TestNode node = TestNode.start();
        DirectSql sql = DirectSql.open(node.store().endpoint())) {
      Principal user = node.user(Role.USER);
      double[] seconds = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        List<UUID> ids = open(node, user, 1_000_000L * (round + 1));
        long since = System.nanoTime();
        Revocation done =
            await(node.directory().activeSessions().revoke(node.admin(), ids, "The incident"));
        seconds[round] = (System.nanoTime() - since) / 1e9;
        System.out.printf(
            "round %d: %,d revoked of %,d in %.2f s; %d statements committed the ends%n",
            round + 1,
            done.revoked().size(),
            ids.size(),
            seconds[round],
            sql.number(
                "SELECT count(DISTINCT xid) FROM event WHERE session_id = ANY(?)"
                    + " AND type = 'dev.curfew.session.ended'",
                (Object) ids.toArray(new UUID[0])));
      }
      Arrays.sort(seconds);
      System.out.printf("median %.2f s%n", seconds[ROUNDS / 2]);
    }
    System.exit(0);
  }

  private static List<UUID> open(TestNode node, Principal user, long firstId) throws Exception {
    Terms terms = new Terms(1, user.realmId(), HOUR, 0, 0);
    Initiator by = new Initiator(Initiator.Kind.USER, user.userId(), user.username());
    List<UUID> ids = new ArrayList<>();
    while (ids.size() < ActiveSessions.MOST_REVOKED) {
      List<Future<?>> opened = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        UUID id = UUID.randomUUID();
        NewSession session =
            new NewSession(
                id,
                firstId + ids.size(),
                SessionKind.DEVICE_ADMIN,
                user.userId(),
                terms,
                0,
                HOUR,
                false,
                null,
                false,
                NewSession.Details.NONE);
        ids.add(id);
        opened.add(node.sessions().ask(new Command.Create(session, by)));
      }
      await(Future.all(opened));
    }
    return ids;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(120, TimeUnit.SECONDS);
  }
}
