package dev.curfew.recording;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The verifications that run on this node. One of a long recording takes longer than a request may
 * last, so it goes on between two requests for it; all who ask for the same one meanwhile get the
 * same result. Few run at a time, the others wait for their turn.
 */
final class Verifications {
  private static final int MOST_RUNNING = 2;

  /** How long a result waits for somebody to ask for it. */
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final RecordingSurroundings around;
  private final VerificationThreads threads;
  private final Map<UUID, Job> jobs = new HashMap<>();
  private final Deque<Job> waiting = new ArrayDeque<>();
  private int running;

  Verifications(RecordingSurroundings around) {
    this.around = around;
    this.threads = new VerificationThreads(around.vertx);
  }

  private final class Job {
    private final UUID sessionId;
    private final Promise<Verification> result = Promise.promise();
    private volatile long chunks;

    Job(UUID sessionId) {
      this.sessionId = sessionId;
    }

    void start() {
      new RecordingVerification(around, threads, sessionId, verified -> chunks = verified)
          .run()
          .onComplete(
              answer -> {
                ended();
                if (answer.failed()) {
                  forget(this);
                }
                result.handle(answer);
                around.vertx.setTimer(KEPT.toMillis(), timer -> forget(this));
              });
    }
  }

  /**
   * The result, or how far it is after waiting a while for it.
   *
   * @return fails with NOT_FOUND; with STORAGE_UNAVAILABLE when something cannot be read now
   */
  Future<Verifying> verify(UUID sessionId, Duration wait) {
    Job job = job(sessionId);
    Promise<Verifying> answer = Promise.promise();
    AtomicBoolean answered = new AtomicBoolean();
    long timer =
        around.vertx.setTimer(
            Math.max(1, wait.toMillis()),
            late -> {
              if (answered.compareAndSet(false, true)) {
                answer.complete(new Verifying.Running(job.chunks));
              }
            });
    job.result
        .future()
        .onComplete(
            result -> {
              around.vertx.cancelTimer(timer);
              if (answered.compareAndSet(false, true)) {
                // First, so that whoever asks again after this answer has it verified again.
                forget(job);
                if (result.succeeded()) {
                  answer.complete(result.result());
                } else {
                  answer.fail(result.cause());
                }
              }
            });
    return answer.future();
  }

  private Job job(UUID sessionId) {
    Job job;
    synchronized (this) {
      Job known = jobs.get(sessionId);
      if (known != null) {
        return known;
      }
      job = new Job(sessionId);
      jobs.put(sessionId, job);
      if (running == MOST_RUNNING) {
        waiting.add(job);
        return job;
      }
      running++;
    }
    job.start();
    return job;
  }

  private void ended() {
    Job next;
    synchronized (this) {
      next = waiting.poll();
      if (next == null) {
        running--;
        return;
      }
    }
    next.start();
  }

  private synchronized void forget(Job job) {
    jobs.remove(job.sessionId, job);
  }
}
