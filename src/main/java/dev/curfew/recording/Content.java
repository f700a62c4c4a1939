package dev.curfew.recording;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/** Bytes that can be sent, whole or in part. Holds nothing open until it is sent. */
public interface Content {
  String contentType();

  /** The length of the whole, in bytes. */
  long size();

  /** SHA-256 of the whole, in lower-case hex; empty where it is not known. */
  String sha256();

  /**
   * Writes a part, as fast as the target takes it, and leaves the target open.
   *
   * @param offset from 0 to the size
   * @param length at most what is left from there
   */
  Future<Void> sendTo(WriteStream<Buffer> target, long offset, long length);
}
