package dev.curfew.bench;

import dev.curfew.kernel.IdHash;
import dev.curfew.kernel.ShardKernel;
import dev.curfew.session.Outcome;
import dev.curfew.session.RealmThresholds;
import dev.curfew.session.SessionEvent;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionRecord;
import dev.curfew.session.SessionState;
import dev.curfew.session.Terms;
import dev.curfew.session.Thresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Heap of one live session in the real shard: the session, its place in the table and its timer.
 * 1,000,000 sessions are taken up by 256 kernels as at a takeover; what the garbage collector
 * leaves is counted before and after.
 */
public final class SessionHeapBench {
  private static final int SESSIONS = 1_000_000;
  private static final int SHARDS = 256;

  /** A subscription of the realm asks for warnings, too. */
  private static final RealmThresholds ADDED =
      new RealmThresholds(Map.of(1, Thresholds.of(600_000, 120_000)));

  private SessionHeapBench() {}

  public static void main(String[] args) {
    long now = 1_800_000_000_000L;
    Random random = new Random(1);
    List<ShardKernel<Void>> kernels = new ArrayList<>();
    long before = used();
    for (int shard = 0; shard < SHARDS; shard++) {
      ShardKernel<Void> kernel = new ShardKernel<>(shard, new Nowhere());
      kernel.open(1, List.of(), ADDED, now);
      kernels.add(kernel);
    }
    long empty = used();
    for (int i = 0; i < SESSIONS; i++) {
      UUID id =
          new UUID(
              ((now + i) << 16) | 0x7000 | random.nextInt(0x1000),
              random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L);
      ShardKernel<Void> kernel = kernels.get(IdHash.shard(id, SHARDS));
      kernel.lookAgain(id);
      kernel.reloaded(id, row(id, i, now, random), now);
    }
    long full = used();
    System.out.printf(
        "%,d live sessions in %d shards: %.1f bytes a session (empty shards: %,d bytes in all)%n",
        kernels.stream().mapToInt(ShardKernel::size).sum(),
        SHARDS,
        (full - empty) / (double) SESSIONS,
        empty - before);
  }

  /** Twenty gateways, four policies, ten thousand users: as a large organisation has. */
  private static SessionRecord row(UUID id, int i, long now, Random random) {
    return new SessionRecord(
        id,
        i + 1L,
        SessionKind.PSM,
        SessionState.ACTIVE,
        null,
        random.nextInt(10_000) + 1,
        new Terms(random.nextInt(4) + 1, 1, 8 * 3_600_000L, 1_800_000, 300_000, 300_000, 60_000),
        now,
        now + 60_000 + random.nextInt(8 * 3_600_000 - 60_000),
        0,
        Long.MAX_VALUE,
        "gateway-" + random.nextInt(20),
        true,
        now,
        now,
        0,
        0,
        0);
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static final class Nowhere implements ShardKernel.Output<Void> {
    @Override
    public void reply(Void to, Outcome outcome) {}

    @Override
    public void committed(List<SessionEvent> events) {}

    @Override
    public void undo(UUID sessionId) {}

    @Override
    public void reload(UUID sessionId) {}
  }
}
