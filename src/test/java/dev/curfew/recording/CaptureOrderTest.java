package dev.curfew.recording;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Manifest;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureOrderTest {
  private static Chunk chunk(long sequence, long at) {
    Sha256 any = Sha256.of(new byte[0]);
    return new Chunk(sequence, ChunkKind.KEYSTROKES, at, 0, any, any, new ChunkContent.Inline(""));
  }

  private static List<Chunk> ordered(List<Chunk> arrivals) {
    List<Chunk> ordered = new ArrayList<>();
    new CaptureOrder(arrivals.iterator()).forEachRemaining(ordered::add);
    return ordered;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void arrivals_comeOutInOrderOfCapture(long seed) {
    Random random = new Random(seed);
    List<Chunk> arrivals = new ArrayList<>();
    long latest = 1_000_000;
    for (int i = 1; i <= 2_000; i++) {
      long at =
          random.nextInt(4) == 0
              ? latest - random.nextInt((int) Manifest.OVERTAKING + 1)
              : latest + random.nextInt(500);
      latest = Math.max(latest, at);
      arrivals.add(chunk(i, at));
    }

    assertThat(ordered(arrivals)).isEqualTo(arrivals.stream().sorted(CaptureOrder.ORDER).toList());
  }

  @Test
  void noMoreThanAMinute_isHeldBack() {
    int[] taken = {0};
    Iterator<Chunk> arrivals =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public Chunk next() {
            taken[0]++;
            return chunk(taken[0], taken[0] * 1_000L);
          }
        };

    assertThat(new CaptureOrder(arrivals).next().sequence()).isEqualTo(1);
    assertThat(taken[0]).isLessThanOrEqualTo(61);
  }
}
