package dev.curfew.bench;

import dev.curfew.bus.Bus;
import dev.curfew.recording.ImageInspector;
import dev.curfew.recording.ImageLimits;
import dev.curfew.recording.NodeRecordings;
import dev.curfew.recording.RecordingCipher;
import dev.curfew.recording.RecordingOptions;
import dev.curfew.recording.RecordingSurroundings;
import dev.curfew.recording.Recordings;
import dev.curfew.recording.SpoolOptions;
import dev.curfew.replay.CaptureReader;
import dev.curfew.replay.CapturedEvent.Frame;
import dev.curfew.session.RecordingRetention;
import dev.curfew.storage.FolderStore;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.FlakyStore;
import dev.curfew.testing.RecordedSessions;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Screenshots a second that a node accepts, durable: inspected, stored in a folder and listed in
 * the manifest, by 1, 8 and 32 sessions that each send the next when the last was answered; and the
 * same with the store away, so that they go to the spool. Beside it as many threads that write the
 * same bytes to a new file, force it and insert one row in a transaction of its own. Alternating in
 * the same run, on the real embedded PostgreSQL, fsync on.
 *
 * <p>Arguments: seconds of a round (4), rounds (5).
 */
public final class ScreenshotBench {
  private static final int INSPECTIONS = 200;

  private final Duration round;
  private final int rounds;
  private final Path folder;
  private final TestStore store;
  private final FlakyStore raw;
  private final Recordings recordings;
  private final RecordedSessions sessions;
  private final byte[] image;

  private ScreenshotBench(Duration round, int rounds) throws Exception {
    this.round = round;
    this.rounds = rounds;
    this.folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "screenshots-");
    this.store = TestStore.open();
    this.raw = new FlakyStore(new FolderStore(folder.resolve("raw")));
    this.sessions = new RecordedSessions(DirectSql.open(store.endpoint()));
    this.recordings =
        new NodeRecordings(
            new RecordingSurroundings(
                store.vertx(),
                store.database(),
                new Bus(store.vertx()),
                raw,
                new FolderStore(folder.resolve("stored")),
                RecordingCipher.none(),
                options()));
    CaptureReader capture = CaptureReader.bundled(CaptureReader.DBA_MAINTENANCE);
    this.image =
        capture.image(
            capture.read().events().stream()
                .filter(Frame.class::isInstance)
                .map(Frame.class::cast)
                .findFirst()
                .orElseThrow());
  }

  private RecordingOptions options() {
    return new RecordingOptions(
        Duration.ofMinutes(2),
        3,
        Duration.ZERO,
        folder.resolve("work"),
        Duration.ofDays(1),
        RecordingRetention.FOREVER,
        Duration.ofMinutes(5),
        true,
        true,
        true,
        ImageLimits.DEFAULT,
        16L << 20,
        new SpoolOptions(
            "bench",
            folder.resolve("spool"),
            64L << 30,
            Duration.ofSeconds(30),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1)));
  }

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 4;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    new ScreenshotBench(Duration.ofSeconds(seconds), rounds).run();
    System.exit(0);
  }

  private void run() throws Exception {
    captured(8);
    bare(8);
    System.out.printf(
        "a screenshot has %,d bytes and takes %.1f ms of CPU to be proven one; medians of %d"
            + " rounds%n",
        image.length, inspectionCpuMillis(), rounds);
    for (int senders : List.of(1, 8, 32)) {
      double[] bare = new double[rounds];
      double[] stored = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        bare[i] = bare(senders);
        stored[i] = captured(senders);
      }
      print(senders, "stored ", stored, bare);
    }
    // Nothing looks whether it is back, so that it is away for the node from the first chunk on.
    raw.away = true;
    for (int senders : List.of(1, 8, 32)) {
      double[] bare = new double[rounds];
      double[] spooled = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        bare[i] = bare(senders);
        spooled[i] = captured(senders);
      }
      print(senders, "spooled", spooled, bare);
    }
  }

  private double inspectionCpuMillis() {
    ImageInspector inspector = new ImageInspector(ImageLimits.DEFAULT);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < INSPECTIONS; i++) {
      inspector.inspect(image);
    }
    return (threads.getCurrentThreadCpuTime() - before) / 1e6 / INSPECTIONS;
  }

  private static void print(int senders, String what, double[] ours, double[] bare) {
    Arrays.sort(ours);
    Arrays.sort(bare);
    double median = ours[ours.length / 2];
    double bareMedian = bare[bare.length / 2];
    System.out.printf(
        "%2d sessions, %s: %,7.0f screenshots/s (%,.0f to %,.0f); forced file and insert %,7.0f/s;"
            + " ratio %.2f%n",
        senders, what, median, ours[0], ours[ours.length - 1], bareMedian, median / bareMedian);
  }

  private double captured(int senders) throws Exception {
    AtomicLong accepted = new AtomicLong();
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < senders; i++) {
      ids.add(sessions.live());
    }
    long began = System.nanoTime();
    List<Future<Void>> all = new ArrayList<>();
    for (UUID id : ids) {
      all.add(sending(id, accepted, began + round.toNanos()));
    }
    Future.all(all).await(5, TimeUnit.MINUTES);
    return accepted.get() * 1e9 / (System.nanoTime() - began);
  }

  private Future<Void> sending(UUID session, AtomicLong accepted, long until) {
    return recordings
        .captureScreenshot(session, Buffer.buffer(image), null)
        .compose(
            capture -> {
              accepted.incrementAndGet();
              return System.nanoTime() > until
                  ? Future.succeededFuture()
                  : sending(session, accepted, until);
            });
  }

  private double bare(int senders) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(senders);
    try {
      long began = System.nanoTime();
      List<Callable<Long>> writers = new ArrayList<>();
      for (int i = 0; i < senders; i++) {
        writers.add(() -> write(began + round.toNanos()));
      }
      long written = 0;
      for (java.util.concurrent.Future<Long> count : threads.invokeAll(writers)) {
        written += count.get();
      }
      return written * 1e9 / (System.nanoTime() - began);
    } finally {
      threads.shutdown();
    }
  }

  private long write(long until) throws Exception {
    UUID session = UUID.randomUUID();
    Path directory = Files.createDirectories(folder.resolve("bare").resolve(session.toString()));
    long sequence = 0;
    try (DirectSql sql = DirectSql.open(store.endpoint())) {
      do {
        sequence++;
        try (FileChannel channel =
            FileChannel.open(
                directory.resolve(Long.toString(sequence)),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(image));
          channel.force(true);
        }
        sql.run(
            """
            INSERT INTO chunk (session_id, sequence, kind, captured_at, size, sha256, chain)
            VALUES (?, ?, 1, clock_timestamp(), ?, '\\x', '\\x')
            """,
            session,
            sequence,
            image.length);
      } while (System.nanoTime() < until);
    }
    return sequence;
  }
}
