package dev.curfew.testing;

import dev.curfew.store.DatabaseEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The network between a node and a server: bytes go through it until it is cut. */
public final class CuttableLink implements AutoCloseable {
  private final String host;
  private final int port;
  private final Optional<DatabaseEndpoint> database;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong cutAt = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean cut;

  private CuttableLink(String host, int port, Optional<DatabaseEndpoint> database)
      throws IOException {
    this.host = host;
    this.port = port;
    this.database = database;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  public static CuttableLink to(DatabaseEndpoint server) throws IOException {
    return new CuttableLink(server.host(), server.port(), Optional.of(server));
  }

  public static CuttableLink to(String host, int port) throws IOException {
    return new CuttableLink(host, port, Optional.empty());
  }

  /** Where the server is reached through the link, at 127.0.0.1. */
  public int port() {
    return listener.getLocalPort();
  }

  /** How many bytes have gone to the server. */
  public long sent() {
    return sent.get();
  }

  /** Cuts by itself when so many bytes more have gone to the server. */
  public void cutAfter(long bytes) {
    cutAt.set(sent.get() + bytes);
  }

  /** The database as it is reached through the link. */
  public DatabaseEndpoint endpoint() {
    DatabaseEndpoint server = database.orElseThrow();
    return new DatabaseEndpoint(
        "127.0.0.1", port(), server.database(), server.user(), server.password(), server.tls());
  }

  /** Breaks every connection and lets none through. */
  public void cut() {
    cut = true;
    sockets.forEach(CuttableLink::closeQuietly);
  }

  public void mend() {
    cutAt.set(Long.MAX_VALUE);
    cut = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (cut) {
          client.close();
          continue;
        }
        Socket server = connect(client);
        sockets.add(client);
        sockets.add(server);
        daemon(() -> pump(client, server, true));
        daemon(() -> pump(server, client, false));
      } catch (IOException closed) {
        continue;
      }
    }
  }

  /** Whoever connects to a server that is down is not left waiting. */
  private Socket connect(Socket client) throws IOException {
    try {
      return new Socket(host, port);
    } catch (IOException down) {
      client.close();
      throw down;
    }
  }

  private void pump(Socket from, Socket to, boolean towardsServer) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      for (int n = in.read(buffer); n >= 0 && !cut; n = in.read(buffer)) {
        if (towardsServer && sent.addAndGet(n) >= cutAt.get()) {
          cut();
          return;
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException broken) {
      // Either side has gone; the other is closed with it.
      return;
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "cuttable-link");
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
