package dev.curfew.bench;

import dev.curfew.bench.TimerContender.Timers;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.SplittableRandom;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * The timing wheel beside Agrona's and Netty's: cost of a call, bytes a timer, lateness, in one run
 * of about ten minutes.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec -Dbench=dev.curfew.bench.TimerBench
 * </pre>
 *
 * <p>Parts of it: {@code -Dbench.args="cost"}, {@code "footprint"}, {@code "lateness"}, or several.
 */
public final class TimerBench {
  private static final int LATENESS_RUNS = 3;
  private static final PrintStream OUT = System.out;

  private TimerBench() {}

  /** Runs the parts named, or all. */
  public static void main(String[] args) throws Exception {
    String parts = args.length == 0 ? "footprint lateness cost" : String.join(" ", args);
    describeMachine();
    if (parts.contains("footprint")) {
      footprint();
    }
    if (parts.contains("lateness")) {
      lateness();
    }
    if (parts.contains("cost")) {
      cost();
    }
    OUT.printf("%nload average at the end %s%n", loadAverage());
  }

  private static void describeMachine() throws IOException {
    Path cpuInfo = Path.of("/proc/cpuinfo");
    String model =
        Files.exists(cpuInfo)
            ? Files.readString(cpuInfo).replaceAll("(?s).*?model name\\s*: ([^\n]*).*", "$1")
            : System.getProperty("os.arch");
    OUT.printf(
        "%s, %d processors, %s %s, Java %s (%s)%n",
        model,
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name"),
        System.getProperty("os.version"),
        System.getProperty("java.runtime.version"),
        System.getProperty("java.vm.name"));
    OUT.printf(
        "ticks of 1 ms; Agrona and Netty with %,d ticks a wheel; load average at the start %s%n",
        TimerContender.TICKS_PER_WHEEL, loadAverage());
  }

  private static String loadAverage() {
    return String.format(
        Locale.ROOT, "%.2f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static void footprint() {
    OUT.printf("%nbytes a timer, %,d live (heap after collection)%n", TimerWheelBenchmark.LIVE);
    OUT.printf("  %-28s %10s %22s%n", "", "timers", "and caller's handles");
    for (TimerContender contender : TimerContender.values()) {
      footprint(contender);
    }
  }

  private static void footprint(TimerContender contender) {
    int live = TimerWheelBenchmark.LIVE;
    SplittableRandom random = new SplittableRandom(5);
    long before = usedHeap();
    try (Timers timers = contender.open(live, 0, slot -> {})) {
      for (int slot = 0; slot < live; slot++) {
        timers.arm(slot, random.nextInt(60_000, 3_660_000));
      }
      long withHandles = usedHeap() - before;
      timers.dropHandles();
      long without = usedHeap() - before;
      OUT.printf(
          Locale.ROOT,
          "  %-28s %10.1f %22.1f%n",
          contender.title(),
          (double) without / live,
          (double) withHandles / live);
      Reference.reachabilityFence(timers);
    }
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }

  private static void lateness() throws InterruptedException {
    OUT.printf(
        "%nlateness in ms, %,d live, %,d firing within 10 s of real time, %d runs each%n",
        TimerWheelBenchmark.LIVE, TimerWheelBenchmark.FIRING, LATENESS_RUNS);
    OUT.printf("  %-28s %8s %8s %8s %26s%n", "", "p50", "p99", "max", "CPU of the thread, us/fire");
    for (int run = 0; run < LATENESS_RUNS; run++) {
      for (TimerContender contender : TimerContender.values()) {
        TimerLateness.Result result = TimerLateness.measure(contender);
        OUT.printf(
            Locale.ROOT,
            "  %-28s %8.2f %8.2f %8.2f %26.2f%n",
            contender.title(),
            result.p50Millis(),
            result.p99Millis(),
            result.maxMillis(),
            result.cpuMicros());
      }
    }
  }

  private static void cost() throws RunnerException {
    OUT.printf("%nns a call, %,d live (JMH)%n", TimerWheelBenchmark.LIVE);
    OUT.printf("  %-10s %-28s %22s %22s%n", "", "", "elapsed, best/median", "CPU, best/median");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(TimerWheelBenchmark.class.getName())
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    for (RunResult result : results) {
      Statistics elapsed = result.getPrimaryResult().getStatistics();
      Statistics cpu = result.getSecondaryResults().get("cpu").getStatistics();
      String contender = result.getParams().getParam("contender");
      OUT.printf(
          Locale.ROOT,
          "  %-10s %-28s %11.1f %10.1f %11.1f %10.1f%n",
          result.getPrimaryResult().getLabel(),
          TimerContender.valueOf(contender).title(),
          elapsed.getMin(),
          elapsed.getPercentile(50),
          cpu.getMin(),
          cpu.getPercentile(50));
    }
  }
}
