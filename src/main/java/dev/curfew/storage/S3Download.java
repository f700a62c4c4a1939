package dev.curfew.storage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The body of an answer, that fails when it is shorter than announced: the connection underneath
 * takes a cut for the end.
 */
final class S3Download extends InputStream {
  private final ResponseInputStream<GetObjectResponse> in;
  private long remaining;

  S3Download(ResponseInputStream<GetObjectResponse> in) {
    this.in = in;
    this.remaining = in.response().contentLength();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (remaining <= 0) {
      return -1;
    }
    int count;
    try {
      count = in.read(buffer, offset, (int) Math.min(length, remaining));
    } catch (SdkException e) {
      throw new IOException("the object cannot be read on", e);
    }
    if (count < 0) {
      throw new EOFException("the connection ended " + remaining + " bytes before the object");
    }
    remaining -= count;
    return count;
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(remaining, in.available());
  }

  /** What was not read is not waited for. */
  @Override
  public void close() throws IOException {
    if (remaining > 0) {
      in.abort();
    } else {
      in.close();
    }
  }
}
