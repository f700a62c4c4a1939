package dev.curfew.storage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.SocketFactory;

/** Makes the sockets of a session, and can close them whatever hangs in them. */
final class SmbSockets extends SocketFactory {
  private final int connectMillis;
  private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

  SmbSockets(Duration connect) {
    this.connectMillis = Math.toIntExact(connect.toMillis());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException("nobody chooses the local address");
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw new UnsupportedOperationException("nobody chooses the local address");
  }

  private Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setTcpNoDelay(true);
    socket.setKeepAlive(true);
    socket.connect(address, connectMillis);
    return socket;
  }

  /** Ends every call that waits for the server. */
  void close() {
    sockets.forEach(SmbSockets::close);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      return; // closed is closed
    }
  }
}
