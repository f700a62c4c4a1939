package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Content that lies in one piece or several, one after the other, read on worker threads. */
final class PiecedContent implements Content {
  private static final int READ_SIZE = 128 * 1024;

  /** One piece. */
  interface Piece {
    long size();

    /** From this offset on; blocks. */
    InputStream open(long offset) throws IOException;
  }

  private final RecordingSurroundings around;
  private final String contentType;
  private final long size;
  private final String sha256;
  private final List<Piece> pieces;

  PiecedContent(
      RecordingSurroundings around,
      String contentType,
      String sha256,
      List<? extends Piece> pieces) {
    this.around = around;
    this.contentType = contentType;
    this.size = pieces.stream().mapToLong(Piece::size).sum();
    this.sha256 = sha256;
    this.pieces = List.copyOf(pieces);
  }

  @Override
  public String contentType() {
    return contentType;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public String sha256() {
    return sha256;
  }

  @Override
  public Future<Void> sendTo(WriteStream<Buffer> target, long offset, long length) {
    if (offset < 0 || length < 0 || length > size - offset) {
      return Future.failedFuture(
          new IllegalArgumentException("offset " + offset + ", length " + length + " of " + size));
    }
    Sending sending = new Sending(target, offset, length);
    sending.next();
    return sending.done.future();
  }

  /** One reading of a part, buffer by buffer: the next is read when the last one was written. */
  private final class Sending {
    private final WriteStream<Buffer> target;
    private final Promise<Void> done = Promise.promise();
    private long left;
    private int piece;
    private long offsetInPiece;
    private @Nullable InputStream in;

    Sending(WriteStream<Buffer> target, long offset, long length) {
      this.target = target;
      this.left = length;
      this.offsetInPiece = offset;
      while (piece < pieces.size() && offsetInPiece >= pieces.get(piece).size()) {
        offsetInPiece -= pieces.get(piece).size();
        piece++;
      }
    }

    void next() {
      if (left == 0) {
        finish(null);
        return;
      }
      around
          .blocking(this::read)
          .compose(target::write)
          .onComplete(
              written -> {
                if (written.succeeded()) {
                  next();
                } else {
                  finish(written.cause());
                }
              });
    }

    private Buffer read() throws IOException {
      Piece current = pieces.get(piece);
      InputStream stream = in;
      if (stream == null) {
        stream = current.open(offsetInPiece);
        in = stream;
      }
      long leftInPiece = current.size() - offsetInPiece;
      int wanted = (int) Math.min(READ_SIZE, Math.min(left, leftInPiece));
      byte[] bytes = stream.readNBytes(wanted);
      if (bytes.length < wanted) {
        throw CurfewException.notFound("The rest of the content, which is shorter than it was,");
      }
      left -= bytes.length;
      offsetInPiece += bytes.length;
      if (offsetInPiece == current.size()) {
        stream.close();
        in = null;
        piece++;
        offsetInPiece = 0;
      }
      return Buffer.buffer(bytes);
    }

    private void finish(@Nullable Throwable failure) {
      InputStream open = in;
      Future<Void> closed =
          open == null ? Future.succeededFuture() : around.blockingAction(open::close);
      closed.onComplete(
          any -> {
            if (failure == null) {
              done.complete();
            } else {
              done.fail(failure);
            }
          });
    }
  }
}
