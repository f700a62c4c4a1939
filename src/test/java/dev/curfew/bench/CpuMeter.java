package dev.curfew.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.curfew.testing.DirectSql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * CPU time of this JVM and of the database server beside it, which says what something costs even
 * on a machine that is busy with other things. Needs Linux.
 */
final class CpuMeter {
  private static final long TICK_MICROS = 10_000;

  private final OperatingSystemMXBean jvm =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final long postmaster;

  private CpuMeter(long postmaster) {
    this.postmaster = postmaster;
  }

  static CpuMeter of(DirectSql sql) throws SQLException {
    return new CpuMeter(parent(stat(Path.of("/proc", sql.value("SELECT pg_backend_pid()")))));
  }

  /** Microseconds of CPU so far, of both. */
  long micros() {
    return jvm.getProcessCpuTime() / 1_000 + databaseMicros();
  }

  /** The same of another process alone, without those that it started. */
  static long microsOf(long process) {
    List<String> fields = stat(Path.of("/proc", Long.toString(process)));
    return (Long.parseLong(fields.get(13)) + Long.parseLong(fields.get(14))) * TICK_MICROS;
  }

  /** The same of the database server alone. */
  long databaseMicros() {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      long ticks =
          processes
              .filter(path -> path.getFileName().toString().matches("[0-9]+"))
              .map(CpuMeter::stat)
              .filter(fields -> !fields.isEmpty())
              .mapToLong(this::ticks)
              .sum();
      return ticks * TICK_MICROS;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of a server process; of the first of them, with all that have ended. */
  private long ticks(List<String> fields) {
    boolean first = Long.parseLong(fields.get(0)) == postmaster;
    if (!first && parent(fields) != postmaster) {
      return 0;
    }
    long own = Long.parseLong(fields.get(13)) + Long.parseLong(fields.get(14));
    return first ? own + Long.parseLong(fields.get(15)) + Long.parseLong(fields.get(16)) : own;
  }

  private static long parent(List<String> fields) {
    return Long.parseLong(fields.get(3));
  }

  /** The fields of a process's {@code stat}, its name made one word; empty when it has ended. */
  private static List<String> stat(Path process) {
    try {
      String text = Files.readString(process.resolve("stat"));
      int end = text.lastIndexOf(')');
      String id = text.substring(0, text.indexOf(' '));
      return List.of((id + " name" + text.substring(end + 1)).split(" "));
    } catch (IOException e) {
      return List.of();
    }
  }
}
