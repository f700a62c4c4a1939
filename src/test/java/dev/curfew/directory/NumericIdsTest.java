package dev.curfew.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class NumericIdsTest {
  private final Deque<Promise<List<Long>>> asked = new ArrayDeque<>();
  private int blocks;
  private final NumericIds ids =
      new NumericIds(
          size -> {
            assertThat(size).isEqualTo(100);
            Promise<List<Long>> promise = Promise.promise();
            asked.add(promise);
            return promise.future();
          });

  private void deliver() {
    long first = 1 + 100L * blocks++;
    asked.remove().complete(LongStream.range(first, first + 100).boxed().toList());
  }

  @Test
  void oneBlock_servesAHundred() {
    List<Future<Long>> waiting = IntStream.range(0, 60).mapToObj(i -> ids.next()).toList();
    assertThat(asked).hasSize(1);
    deliver();
    assertThat(waiting.stream().map(Await::result))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 60).boxed().toList());
    for (long id = 61; id <= 100; id++) {
      assertThat(ids.next().result()).isEqualTo(id);
    }
    assertThat(asked).isEmpty();
    ids.next();
    assertThat(asked).hasSize(1);
  }

  @Test
  void manyWaiting_takeSeveralBlocksOneAfterTheOther() {
    List<Future<Long>> waiting = IntStream.range(0, 250).mapToObj(i -> ids.next()).toList();
    for (int i = 0; i < 3; i++) {
      assertThat(asked).hasSize(1);
      deliver();
    }
    assertThat(waiting.stream().map(Await::result)).doesNotHaveDuplicates().hasSize(250);
  }

  @Test
  void failure_isToldToAllWhoWaitAndForgotten() {
    List<Future<Long>> waiting = IntStream.range(0, 3).mapToObj(i -> ids.next()).toList();
    asked.remove().fail("away");
    waiting.forEach(future -> assertThat(Await.failure(future)).hasMessage("away"));
    Future<Long> after = ids.next();
    deliver();
    assertThat(Await.result(after)).isEqualTo(1);
  }
}
