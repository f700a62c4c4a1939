package dev.curfew.testing;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.storage.Finding;
import dev.curfew.storage.ObjectStore;
import dev.curfew.storage.Payload;
import dev.curfew.storage.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A store that can be told to be away, to answer only when it is let, to fail like a defect, to
 * lose a byte of what it is given, or to take it in a way of its own. It remembers what it was
 * asked.
 */
public class FlakyStore implements ObjectStore {
  private final ObjectStore real;
  public volatile boolean away;
  public volatile boolean losesAByte;
  public volatile UnaryOperator<Payload> taking = UnaryOperator.identity();
  public volatile @Nullable RuntimeException defect;
  public volatile @Nullable CountDownLatch heldBack;

  /** How often somebody was made to wait. */
  public final AtomicInteger held = new AtomicInteger();

  /** How often it was asked while it was away. */
  public final AtomicInteger asked = new AtomicInteger();

  /** The names of what it has stored, in order, each time. */
  public final List<String> stored = new CopyOnWriteArrayList<>();

  public FlakyStore(ObjectStore real) {
    this.real = real;
  }

  private void reach() {
    CountDownLatch latch = heldBack;
    if (latch != null) {
      held.incrementAndGet();
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    RuntimeException broken = defect;
    if (broken != null) {
      throw broken;
    }
    if (away) {
      asked.incrementAndGet();
      throw CurfewException.of(ErrorCode.STORAGE_UNAVAILABLE, "the store is away");
    }
  }

  @Override
  public void put(String name, Payload content, Watch watch) {
    reach();
    real.put(name, taking.apply(losesAByte ? shorter(content) : content), watch);
    stored.add(name);
  }

  private static Payload shorter(Payload content) {
    try (InputStream in = content.open(0)) {
      byte[] bytes = in.readAllBytes();
      return Payload.of(Arrays.copyOf(bytes, bytes.length - 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InputStream open(String name, long offset, long length) {
    reach();
    return real.open(name, offset, length);
  }

  @Override
  public long size(String name) {
    reach();
    return real.size(name);
  }

  @Override
  public List<String> list(String folder) {
    reach();
    return real.list(folder);
  }

  @Override
  public void delete(String name) {
    reach();
    real.delete(name);
  }

  @Override
  public void deleteAll(String folder) {
    reach();
    real.deleteAll(folder);
  }

  @Override
  public String location(String name) {
    return real.location(name);
  }

  @Override
  public Finding check() {
    try {
      reach();
    } catch (CurfewException unavailable) {
      return Finding.unreachable(unavailable.getMessage());
    }
    return real.check();
  }

  @Override
  public void close() {
    real.close();
  }
}
