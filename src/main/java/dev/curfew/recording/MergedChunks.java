package dev.curfew.recording;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Chunks of two kinds in order of capture. */
final class MergedChunks implements Iterator<Chunk> {
  private final Iterator<Chunk> one;
  private final Iterator<Chunk> other;
  private @Nullable Chunk nextOfOne;
  private @Nullable Chunk nextOfOther;

  /** Both in order of capture. */
  MergedChunks(Iterator<Chunk> one, Iterator<Chunk> other) {
    this.one = one;
    this.other = other;
    this.nextOfOne = after(one);
    this.nextOfOther = after(other);
  }

  private static @Nullable Chunk after(Iterator<Chunk> chunks) {
    return chunks.hasNext() ? chunks.next() : null;
  }

  @Override
  public boolean hasNext() {
    return nextOfOne != null || nextOfOther != null;
  }

  @Override
  public Chunk next() {
    Chunk a = nextOfOne;
    Chunk b = nextOfOther;
    if (a != null && (b == null || CaptureOrder.ORDER.compare(a, b) <= 0)) {
      nextOfOne = after(one);
      return a;
    }
    if (b == null) {
      throw new NoSuchElementException();
    }
    nextOfOther = after(other);
    return b;
  }
}
