package dev.curfew.storage;

import com.hierynomus.smbj.common.SMBRuntimeException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a store. Each serves one call, or one open stream, at a time; a few are kept for
 * the next. When one breaks, so have the others that are kept, most likely: all are let go, and the
 * next call connects anew.
 */
final class SmbSessions implements AutoCloseable {
  private static final int MOST_KEPT = 4;

  /** A session that was idle for so long is tried before it is trusted. */
  private static final long TRUSTED_NANOS = TimeUnit.SECONDS.toNanos(5);

  private record Idle(SmbSession session, long sinceNanos) {}

  private final SmbOptions options;
  private final ScheduledThreadPoolExecutor limits;
  private final Deque<Idle> kept = new ArrayDeque<>();
  private boolean closed;

  SmbSessions(SmbOptions options) {
    this.options = options;
    this.limits =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "smb-limits");
              thread.setDaemon(true);
              return thread;
            });
    limits.setRemoveOnCancelPolicy(true);
  }

  /** A session of the caller's own, to be given back or discarded. */
  SmbSession take() {
    for (Idle idle = poll(); idle != null; idle = poll()) {
      if (isUsable(idle)) {
        return idle.session();
      }
      idle.session().close();
    }
    return SmbSession.open(options, limits);
  }

  private synchronized @Nullable Idle poll() {
    return kept.pollLast();
  }

  private static boolean isUsable(Idle idle) {
    if (!idle.session().isConnected()) {
      return false;
    }
    if (System.nanoTime() - idle.sinceNanos() < TRUSTED_NANOS) {
      return true;
    }
    try {
      return idle.session().ask(share -> share.folderExists(""));
    } catch (SMBRuntimeException broken) {
      return false;
    }
  }

  /** Gives back a session that works. */
  void giveBack(SmbSession session) {
    if (!keep(session)) {
      session.close();
    }
  }

  private synchronized boolean keep(SmbSession session) {
    if (closed || kept.size() == MOST_KEPT) {
      return false;
    }
    kept.addLast(new Idle(session, System.nanoTime()));
    return true;
  }

  /** Lets go of a session after a failure, and of the idle ones if it broke the connection. */
  void giveBack(SmbSession session, SMBRuntimeException failure) {
    if (SmbFailures.leavesConnection(failure)) {
      giveBack(session);
    } else {
      session.close();
      dropKept();
    }
  }

  private void dropKept() {
    for (Idle idle = poll(); idle != null; idle = poll()) {
      idle.session().close();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    dropKept();
    limits.shutdown();
  }
}
