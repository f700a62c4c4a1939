package dev.curfew.claim.history;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the workers of a run have in common: the rules of their claims, and where they tell what
 * they saw.
 *
 * @param lease how long a claim holds without a sign of life
 * @param limit the longest silence of an owner
 * @param underWay how many words have not been answered yet
 */
record Misfortunes(
    Duration lease,
    Duration limit,
    int maxAttempts,
    Queue<Observation> seen,
    Queue<Throwable> failures,
    Map<String, LongAdder> fates,
    AtomicInteger underWay) {

  Misfortunes(Duration lease, Duration limit, int maxAttempts) {
    this(
        lease,
        limit,
        maxAttempts,
        new ConcurrentLinkedQueue<>(),
        new ConcurrentLinkedQueue<>(),
        new ConcurrentHashMap<>(),
        new AtomicInteger());
  }

  void observe(Observation observation) {
    seen.add(observation);
  }

  /** A worker met what no worker should. */
  void unexpected(Throwable failure) {
    failures.add(failure);
  }

  void met(String fate) {
    fates.computeIfAbsent(fate, none -> new LongAdder()).increment();
  }

  /** How often each fate befell somebody. */
  Map<String, LongAdder> told() {
    return new TreeMap<>(fates);
  }

  /** Milliseconds after which the watchdog has given up whoever was silent, most of the time. */
  long longerThanBelieved(Random random) {
    long believed = lease.plus(limit).toMillis();
    return believed + random.nextInt((int) believed / 2);
  }

  /** Milliseconds between two signs of life of a worker that lives. */
  long heartbeat() {
    return lease.toMillis() / 3;
  }

  List<Observation> observations() {
    return List.copyOf(seen);
  }
}
