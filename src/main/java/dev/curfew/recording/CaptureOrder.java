package dev.curfew.recording;

import dev.curfew.lease.Manifest;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of one kind that come in the order of their arrival, given on in the order of their
 * capture. A chunk that was captured more than {@link Manifest#OVERTAKING} before an earlier one of
 * its kind is refused when it arrives, so no more than the captures of that time are held back.
 */
public final class CaptureOrder implements Iterator<Chunk> {
  static final Comparator<Chunk> ORDER =
      Comparator.comparingLong(Chunk::capturedAt).thenComparingLong(Chunk::sequence);

  private final Iterator<Chunk> arrivals;
  private final PriorityQueue<Chunk> held = new PriorityQueue<>(ORDER);
  private long latest = Long.MIN_VALUE;

  /**
   * @param arrivals of one kind, by sequence
   */
  public CaptureOrder(Iterator<Chunk> arrivals) {
    this.arrivals = arrivals;
  }

  @Override
  public boolean hasNext() {
    return !held.isEmpty() || arrivals.hasNext();
  }

  @Override
  public Chunk next() {
    while (arrivals.hasNext() && mayBeOvertaken(held.peek())) {
      Chunk arrived = arrivals.next();
      latest = Math.max(latest, arrived.capturedAt());
      held.add(arrived);
    }
    Chunk first = held.poll();
    if (first == null) {
      throw new NoSuchElementException();
    }
    return first;
  }

  private boolean mayBeOvertaken(@Nullable Chunk first) {
    return first == null || first.capturedAt() > latest - Manifest.OVERTAKING;
  }
}
