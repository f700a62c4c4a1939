package dev.curfew.alert;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** A TCP connection whose frames have their length, four bytes, in front of them. */
final class TcpTransport implements BridgeTransport {
  private static final int PREFIX = Integer.BYTES;

  /** What a reader of frames expects next. */
  private static final int LENGTH = 0;

  private final NetSocket socket;

  private TcpTransport(NetSocket socket) {
    this.socket = socket;
  }

  /** Begins to hear a connection. */
  static void open(NetSocket socket, Function<BridgeTransport, BridgeConnection> connect) {
    BridgeConnection connection = connect.apply(new TcpTransport(socket));
    socket.closeHandler(none -> connection.gone());
    socket.handler(frames(connection));
  }

  private static RecordParser frames(BridgeConnection connection) {
    RecordParser parser = RecordParser.newFixed(PREFIX);
    return parser.handler(
        new io.vertx.core.Handler<>() {
          private int expected = LENGTH;

          @Override
          public void handle(Buffer record) {
            if (expected != LENGTH) {
              expected = LENGTH;
              parser.fixedSizeMode(PREFIX);
              connection.received(record);
              return;
            }
            int length = record.getInt(0);
            if (length > 0 && length <= EventBridge.LONGEST_FRAME) {
              expected = length;
              parser.fixedSizeMode(length);
            } else {
              // Where the next frame begins is not known any more.
              connection.close(
                  CloseCode.TOO_BIG,
                  "a frame may have 1 to " + EventBridge.LONGEST_FRAME + " bytes");
            }
          }
        });
  }

  @Override
  public BridgeWire wire() {
    return BridgeWire.TCP;
  }

  @Override
  public Future<Void> write(String frame) {
    return socket.write(framed(frame));
  }

  @Override
  public void close(CloseCode code, String reason) {
    BridgeRefusal last = new BridgeRefusal("closed", code.number(), reason);
    socket.end(framed(wire().err(null, null, last)));
  }

  private static Buffer framed(String frame) {
    byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
    return Buffer.buffer(PREFIX + bytes.length).appendInt(bytes.length).appendBytes(bytes);
  }

  @Override
  public void disconnect() {
    ((NetSocketInternal) socket).channelHandlerContext().pipeline().firstContext().close();
  }

  @Override
  public String peer() {
    return String.valueOf(socket.remoteAddress());
  }
}
