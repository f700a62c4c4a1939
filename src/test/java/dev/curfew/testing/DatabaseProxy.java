package dev.curfew.testing;

import dev.curfew.store.DatabaseEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One address for a database server whose own may change from start to start. While nothing stands
 * behind it, connections are refused as those of a server that is down.
 */
public final class DatabaseProxy implements AutoCloseable {
  private static final int BUFFER = 64 * 1024;

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private volatile long delayMillis;

  public DatabaseProxy() {
    this("127.0.0.1");
  }

  /**
   * @param address one of this machine, where the proxy is reached
   */
  public DatabaseProxy(String address) {
    try {
      listener = new ServerSocket(0, 100, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("accept", this::accept);
  }

  /** The same database and account, reached through here. */
  public DatabaseEndpoint endpoint(DatabaseEndpoint real) {
    return new DatabaseEndpoint(
        listener.getInetAddress().getHostAddress(),
        listener.getLocalPort(),
        real.database(),
        real.user(),
        real.password(),
        real.tls());
  }

  /** Connections go to this server from now on. */
  public void connectTo(DatabaseEndpoint real) {
    target = real.port();
  }

  /** From now on what is sent arrives so much later, on either side. */
  public void delay(Duration later) {
    delayMillis = later.toMillis();
  }

  /** Ends every connection and lets none through. */
  public void cut() {
    target = 0;
    open.forEach(DatabaseProxy::end);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        open.add(client);
        int port = target;
        if (port == 0) {
          end(client);
          continue;
        }
        Socket server = new Socket("127.0.0.1", port);
        open.add(server);
        start("to-server", () -> pipe(client, server));
        start("to-client", () -> pipe(server, client));
        if (target == 0) {
          cut();
        }
      } catch (IOException refused) {
        // The server is down, or the test is over.
        cut();
      }
    }
  }

  private void pipe(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        Thread.sleep(delayMillis);
        out.write(buffer, 0, read);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (IOException ended) {
      // Told to the other side below.
    }
    end(from);
    end(to);
    open.remove(from);
    open.remove(to);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      return;
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, "database-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
