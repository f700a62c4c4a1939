package dev.curfew.storage;

import com.hierynomus.smbj.common.SMBRuntimeException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A part of a file of a share. Holds a session until it is closed. */
final class SmbDownload extends InputStream {
  private final SmbSessions sessions;
  private final SmbSession session;
  private final SmbFile file;
  private final byte[] buffer;
  private int next;
  private int filled;
  private long offset;
  private long remaining;
  private boolean closed;

  /**
   * @param length must be there
   */
  SmbDownload(SmbSessions sessions, SmbSession session, SmbFile file, long offset, long length) {
    this.sessions = sessions;
    this.session = session;
    this.file = file;
    this.offset = offset;
    this.remaining = length;
    this.buffer = new byte[(int) Math.min(SmbSession.PIECE, length)];
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (length == 0) {
      return 0;
    }
    if (next == filled) {
      if (remaining == 0) {
        return -1;
      }
      fill();
    }
    int count = Math.min(length, filled - next);
    System.arraycopy(buffer, next, target, from, count);
    next += count;
    return count;
  }

  private void fill() throws IOException {
    int wanted = (int) Math.min(buffer.length, remaining);
    int count;
    try {
      count = file.read(buffer, offset, wanted);
    } catch (SMBRuntimeException e) {
      closed = true;
      sessions.giveBack(session, e);
      throw new IOException("the object cannot be read on", e);
    }
    if (count < wanted) {
      throw new EOFException("the object ended " + (remaining - count) + " bytes early");
    }
    next = 0;
    filled = count;
    offset += count;
    remaining -= count;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      file.close();
      sessions.giveBack(session);
    } catch (SMBRuntimeException e) {
      // Everything that was asked for has been read.
      sessions.giveBack(session, e);
    }
  }
}
