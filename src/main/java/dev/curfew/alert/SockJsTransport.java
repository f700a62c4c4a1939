package dev.curfew.alert;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.Transport;
import java.util.function.Function;

/**
 * A SockJS connection: a WebSocket, or one of the fallbacks for who cannot have one. Credentials
 * come in headers and frames, never in cookies, so that any origin may connect.
 */
final class SockJsTransport implements BridgeTransport {
  private static final String PATH = "/eventbus";

  private final SockJSSocket socket;
  private final HttpServerRequest request;
  private final boolean webSocket;

  private SockJsTransport(SockJSSocket socket) {
    this.socket = socket;
    this.request = socket.routingContext().request();
    this.webSocket = request.headers().contains(HttpHeaders.UPGRADE);
  }

  static void mount(Vertx vertx, Router router, Handler<SockJSSocket> opened) {
    SockJSHandlerOptions options =
        new SockJSHandlerOptions()
            .setInsertJSESSIONID(false)
            .setRegisterWriteHandler(false)
            .addDisabledTransport(Transport.HTML_FILE.toString())
            .addDisabledTransport(Transport.JSON_P.toString());
    // The page for browsers without cross-origin requests loads a script from somewhere else.
    router.get(PATH + "/iframe*").handler(context -> context.fail(404));
    // Vert.x ends the answer to a poll and closes its connection in one go; when the close comes
    // first it gives up the whole session. Streaming serves whoever cannot have a WebSocket.
    router.route(PATH + "/:server/:session/xhr").handler(context -> context.fail(404));
    router
        .post(PATH + "/*")
        .handler(BodyHandler.create(false).setBodyLimit(EventBridge.LONGEST_FRAME));
    router.route(PATH + "/*").subRouter(SockJSHandler.create(vertx, options).socketHandler(opened));
  }

  /** Begins to hear a connection, whose frames the transport has bounded. */
  static void open(SockJSSocket socket, Function<BridgeTransport, BridgeConnection> connect) {
    SockJsTransport transport = new SockJsTransport(socket);
    BridgeConnection connection = connect.apply(transport);
    socket.handler(connection::received);
    socket.closeHandler(none -> connection.gone());
    socket.exceptionHandler(transport::failed);
  }

  @Override
  public BridgeWire wire() {
    return BridgeWire.SOCKJS;
  }

  @Override
  public Future<Void> write(String frame) {
    return socket.write(frame);
  }

  /**
   * On a WebSocket by a frame of its own: SockJS itself knows one code only, 3000, and the others
   * are told that.
   */
  @Override
  public void close(CloseCode code, String reason) {
    if (webSocket) {
      send(code, reason);
    } else {
      socket.close();
    }
  }

  private ChannelFuture send(CloseCode code, String reason) {
    return channel().writeAndFlush(new CloseWebSocketFrame(code.number(), reason));
  }

  /** SockJS has given the session up by now, though it has not closed what carried it. */
  private void failed(Throwable failure) {
    if (!webSocket) {
      return;
    }
    boolean protocol =
        failure instanceof CorruptedWebSocketFrameException corrupted
            && corrupted.closeStatus().code() != CloseCode.TOO_BIG.number();
    ChannelFuture sent =
        protocol
            ? send(CloseCode.PROTOCOL_ERROR, "not as RFC 6455 has it")
            : send(ClientFrames.tooBig().code(), ClientFrames.tooBig().reason());
    sent.addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void disconnect() {
    channel().pipeline().firstContext().close();
  }

  private Channel channel() {
    return ((HttpServerConnection) request.connection()).channelHandlerContext().channel();
  }

  @Override
  public String peer() {
    return String.valueOf(request.remoteAddress());
  }
}
