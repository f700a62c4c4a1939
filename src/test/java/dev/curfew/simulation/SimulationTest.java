package dev.curfew.simulation;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many small clusters, each with its own mix of faults, none of which may break a rule.
 *
 * <p>{@code -Dsimulation.seeds=N} sets how many; {@code -Dsimulation.seed=S} runs one again and
 * prints everything that happens in it.
 */
class SimulationTest {
  private static final String ONE_SEED = "simulation.seed";

  /** Seeds beyond the usual ones that found a defect once. */
  private static final long[] FOUND = {438, 551};

  static LongStream seeds() {
    Long one = Long.getLong(ONE_SEED);
    return one == null
        ? LongStream.concat(
            LongStream.range(0, Integer.getInteger("simulation.seeds", 300)), LongStream.of(FOUND))
        : LongStream.of(one);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void cluster_keepsEveryRule(long seed) {
    World world = new World(seed, Long.getLong(ONE_SEED) != null);
    try {
      world.run();
    } catch (AssertionError | RuntimeException broken) {
      throw new AssertionError(
          """
          seed %d: %s
          again, with a trace: mvn -o -q test -Dtest=SimulationTest -D%s=%d
          what happened last:
          %s"""
              .formatted(seed, broken.getMessage(), ONE_SEED, seed, world.trace.last()),
          broken);
    }
  }
}
