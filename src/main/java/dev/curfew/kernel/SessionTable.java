package dev.curfew.kernel;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one shard, by id and by slot. A slot is a small dense number that the timing
 * wheel uses for the session; slots are reused.
 *
 * <p>The index is an open-addressing table of slots with linear probing and backward-shift
 * deletion, so there are no tombstones. It grows by a quarter at four fifths full: a shard holds a
 * few thousand sessions among 256 shards, and doubling would waste more than the sessions' timers
 * take.
 */
final class SessionTable {
  private static final int CHUNK = 256;
  private static final int SMALLEST = 32;

  private @Nullable LiveSession[][] chunks = new LiveSession[0][];
  private int[] free = new int[0];
  private int freeCount;
  private int slots;

  /** Slot + 1, or 0 where empty. */
  private int[] index = new int[SMALLEST];

  private int size;

  int size() {
    return size;
  }

  @Nullable LiveSession find(long idHigh, long idLow) {
    for (int i = home(idHigh, idLow); index[i] != 0; i = next(i)) {
      LiveSession session = at(index[i] - 1);
      if (session.idHigh == idHigh && session.idLow == idLow) {
        return session;
      }
    }
    return null;
  }

  /** The session of an occupied slot. */
  LiveSession at(int slot) {
    LiveSession session = chunks[slot / CHUNK][slot % CHUNK];
    if (session == null) {
      throw new IllegalStateException("slot " + slot + " is free");
    }
    return session;
  }

  /** Adds a session whose id is not in the table and gives it a slot. */
  void add(LiveSession session) {
    if ((size + 1) * 5L > index.length * 4L) {
      rehash(index.length + Math.max(SMALLEST, index.length / 4));
    }
    int slot = freeCount > 0 ? free[--freeCount] : newSlot();
    session.slot = slot;
    chunks[slot / CHUNK][slot % CHUNK] = session;
    place(session);
    size++;
  }

  void remove(LiveSession session) {
    int hole = home(session.idHigh, session.idLow);
    while (index[hole] != session.slot + 1) {
      if (index[hole] == 0) {
        throw new IllegalStateException(session.id() + " is not in the table");
      }
      hole = next(hole);
    }
    for (int i = next(hole); index[i] != 0; i = next(i)) {
      LiveSession moved = at(index[i] - 1);
      int home = home(moved.idHigh, moved.idLow);
      // It may fill the hole unless its home lies cyclically after the hole.
      boolean homeBetween = hole <= i ? hole < home && home <= i : hole < home || home <= i;
      if (!homeBetween) {
        index[hole] = index[i];
        hole = i;
      }
    }
    index[hole] = 0;
    chunks[session.slot / CHUNK][session.slot % CHUNK] = null;
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, free.length + Math.max(8, free.length / 2));
    }
    free[freeCount++] = session.slot;
    session.slot = -1;
    size--;
  }

  void forEach(Consumer<LiveSession> action) {
    for (@Nullable LiveSession[] chunk : chunks) {
      for (LiveSession session : chunk) {
        if (session != null) {
          action.accept(session);
        }
      }
    }
  }

  private int newSlot() {
    int slot = slots++;
    if (slot / CHUNK == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunks.length + 1);
      chunks[chunks.length - 1] = new LiveSession[CHUNK];
    }
    return slot;
  }

  private void rehash(int capacity) {
    index = new int[capacity];
    forEach(this::place);
  }

  private void place(LiveSession session) {
    int i = home(session.idHigh, session.idLow);
    while (index[i] != 0) {
      i = next(i);
    }
    index[i] = session.slot + 1;
  }

  private int home(long idHigh, long idLow) {
    long hash = IdHash.of(idHigh, idLow) >>> 32;
    return (int) ((hash * index.length) >>> 32);
  }

  private int next(int i) {
    return i + 1 == index.length ? 0 : i + 1;
  }
}
