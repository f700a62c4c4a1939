package dev.curfew.testing;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Debian's file server for SMB on a port of its own at 127.0.0.1, with configuration, users and
 * shares under one folder. It speaks SMB 3 only and signs everything. Runs as root.
 *
 * <p>Shares: {@code recordings}; {@code vault}, which is refused to whoever does not encrypt; and
 * {@code museum}, which cannot be written.
 */
public final class SambaServer implements AutoCloseable {
  /** May use all shares. */
  public static final String USER = "root";

  /** Can log in, but may use no share. */
  public static final String STRANGER = "nobody";

  public static final String PASSWORD = "correct horse battery staple";

  private final Path directory;
  private final int port;
  private Process process;

  private SambaServer(Path directory) throws IOException {
    this.directory = directory.toAbsolutePath();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
  }

  /** Starts a server; fails where samba is not installed. */
  public static SambaServer start(Path directory) throws IOException, InterruptedException {
    SambaServer server = new SambaServer(directory);
    server.configure();
    server.restart();
    return server;
  }

  public int port() {
    return port;
  }

  /** Where the files of a share lie. */
  public Path share(String name) {
    return directory.resolve(name);
  }

  private void configure() throws IOException, InterruptedException {
    for (String name : List.of("recordings", "vault", "museum", "state", "private", "run")) {
      Files.createDirectories(directory.resolve(name));
    }
    // smbd refuses folders of its own that others may write.
    Files.setPosixFilePermissions(
        directory.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        configuration(),
        """
        [global]
          server role = standalone server
          workgroup = CURFEW
          interfaces = 127.0.0.1
          bind interfaces only = yes
          smb ports = %1$d
          server min protocol = SMB3
          server signing = mandatory
          map to guest = never
          passdb backend = tdbsam:%2$s/private/passdb.tdb
          private dir = %2$s/private
          state directory = %2$s/state
          cache directory = %2$s/state
          lock directory = %2$s/state
          pid directory = %2$s/run
          ncalrpc dir = %2$s/run/ncalrpc
          log file = %2$s/smbd.log
          load printers = no
          disable spoolss = yes
          read only = no
          case sensitive = yes
          valid users = %3$s
        [recordings]
          path = %2$s/recordings
        [vault]
          path = %2$s/vault
          smb encrypt = required
        [museum]
          path = %2$s/museum
          read only = yes
        """
            .formatted(port, directory, USER));
    for (String user : List.of(USER, STRANGER)) {
      Process added =
          new ProcessBuilder("pdbedit", "-s", configuration().toString(), "-a", "-t", "-u", user)
              .redirectErrorStream(true)
              .start();
      added
          .getOutputStream()
          .write((PASSWORD + "\n" + PASSWORD + "\n").getBytes(StandardCharsets.UTF_8));
      added.getOutputStream().close();
      String said = new String(added.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (added.waitFor() != 0) {
        throw new AssertionError("user " + user + " cannot be added: " + said);
      }
    }
  }

  private Path configuration() {
    return directory.resolve("smb.conf");
  }

  /** Starts again, on the same port, what was stopped or killed. */
  public void restart() throws IOException {
    process =
        new ProcessBuilder(
                "/usr/sbin/smbd",
                "--foreground",
                "--no-process-group",
                "--configfile=" + configuration())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("smbd.out").toFile())
            .start();
    Await.until("samba on port " + port, this::accepts);
  }

  private boolean accepts() throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError("smbd ended: " + Files.readString(directory.resolve("smbd.out")));
    }
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Ends the server and all that serve its connections at once. */
  public void kill() {
    List<ProcessHandle> all = processes();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle each : all) {
      Await.until("the end of " + each, () -> !each.isAlive());
    }
  }

  private List<ProcessHandle> processes() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    return all;
  }

  /** Lets the server hang, or go on: connections stay, answers do not come. */
  public void setSuspended(boolean suspended) {
    processes().forEach(each -> Signals.setSuspended(each, suspended));
  }

  /** What the server tells of its sessions: for each how it is encrypted and signed. */
  public List<JsonObject> sessions() throws IOException, InterruptedException {
    Process status =
        new ProcessBuilder("smbstatus", "--json", "-s", configuration().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String json = new String(status.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    status.waitFor();
    JsonObject sessions = new JsonObject(json).getJsonObject("sessions", new JsonObject());
    return sessions.stream().map(Map.Entry::getValue).map(JsonObject.class::cast).toList();
  }

  /** The files of a share by name, leftovers included. */
  public List<String> files(String share) throws IOException {
    Path root = share(share);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .toList();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
