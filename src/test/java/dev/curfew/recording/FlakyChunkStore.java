package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A chunk store that can be told to be away, or to answer only when it is let. */
final class FlakyChunkStore implements ChunkStore {
  private final ChunkStore real;
  volatile boolean away;
  volatile @Nullable CountDownLatch heldBack;

  FlakyChunkStore(ChunkStore real) {
    this.real = real;
  }

  private void reach() {
    CountDownLatch latch = heldBack;
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (away) {
      throw CurfewException.of(ErrorCode.STORAGE_UNAVAILABLE, "the store is away");
    }
  }

  @Override
  public void put(ChunkKey key, byte[] content) {
    reach();
    real.put(key, content);
  }

  @Override
  public InputStream open(ChunkKey key, long offset, long length) {
    reach();
    return real.open(key, offset, length);
  }

  @Override
  public long size(ChunkKey key) {
    reach();
    return real.size(key);
  }

  @Override
  public List<ChunkKey> list(UUID recording) {
    reach();
    return real.list(recording);
  }

  @Override
  public void deleteRecording(UUID recording) {
    reach();
    real.deleteRecording(recording);
  }
}
