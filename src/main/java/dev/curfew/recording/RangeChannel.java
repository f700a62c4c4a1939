package dev.curfew.recording;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A stored object as a channel that can be read from any position. As long as it is read straight
 * on, it is one request to the store. A read fills its buffer or reaches the end.
 */
final class RangeChannel implements SeekableByteChannel {
  private final RecordingCipher.Stored stored;
  private final long size;
  private final int beginning;
  private long position;
  private long streamPosition;
  private long streamEnd;
  private @Nullable InputStream stream;
  private boolean failed;
  private boolean open = true;

  /**
   * @param size of the object in bytes
   * @param beginning how many bytes at the object's beginning are read alone, before something far
   *     behind is; 0 when the whole is read straight on
   */
  RangeChannel(RecordingCipher.Stored stored, long size, int beginning) {
    this.stored = stored;
    this.size = size;
    this.beginning = beginning;
  }

  /** Whether the store failed; another failure is the object's. */
  boolean failed() {
    return failed;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!open) {
      throw new ClosedChannelException();
    }
    int wanted = (int) Math.min(target.remaining(), size - position);
    if (wanted <= 0) {
      return target.hasRemaining() ? -1 : 0;
    }
    byte[] bytes = new byte[wanted];
    int count = fill(bytes);
    if (count < wanted) {
      throw new EOFException("the object is shorter than " + size + " bytes");
    }
    target.put(bytes);
    position += count;
    streamPosition = position;
    return count;
  }

  private int fill(byte[] bytes) throws IOException {
    try {
      return stream().readNBytes(bytes, 0, bytes.length);
    } catch (IOException e) {
      failed = true;
      throw e;
    } catch (IllegalArgumentException behindTheEnd) {
      return 0;
    }
  }

  private InputStream stream() throws IOException {
    InputStream current = stream;
    if (current != null && streamPosition == position && position < streamEnd) {
      return current;
    }
    closeStream();
    streamEnd = position < beginning ? beginning : size;
    InputStream opened = stored.open(position, streamEnd - position);
    stream = opened;
    streamPosition = position;
    return opened;
  }

  private void closeStream() throws IOException {
    InputStream current = stream;
    stream = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long newPosition) {
    position = newPosition;
    return this;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() throws IOException {
    open = false;
    closeStream();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long newSize) {
    throw new NonWritableChannelException();
  }
}
