package dev.curfew.testing;

import dev.curfew.store.DatabaseEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network between a node and its database: bytes go through it until it is cut. */
public final class CuttableLink implements AutoCloseable {
  private final DatabaseEndpoint server;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  private CuttableLink(DatabaseEndpoint server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  public static CuttableLink to(DatabaseEndpoint server) throws IOException {
    return new CuttableLink(server);
  }

  /** The database as it is reached through the link. */
  public DatabaseEndpoint endpoint() {
    return new DatabaseEndpoint(
        "127.0.0.1",
        listener.getLocalPort(),
        server.database(),
        server.user(),
        server.password(),
        server.tls());
  }

  /** Breaks every connection and lets none through. */
  public void cut() {
    cut = true;
    sockets.forEach(CuttableLink::closeQuietly);
  }

  public void mend() {
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
        Socket database = new Socket(server.host(), server.port());
        sockets.add(client);
        sockets.add(database);
        daemon(() -> pump(client, database));
        daemon(() -> pump(database, client));
      } catch (IOException closed) {
        continue;
      }
    }
  }

  private void pump(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[16 * 1024];
      for (int n = in.read(buffer); n >= 0 && !cut; n = in.read(buffer)) {
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
