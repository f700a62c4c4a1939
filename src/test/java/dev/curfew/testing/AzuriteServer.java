package dev.curfew.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Microsoft's emulator of Azure Blob Storage, as npm has it, on a port of its own at 127.0.0.1. It
 * is installed once, under the build's own directory.
 */
public final class AzuriteServer implements AutoCloseable {
  /** The account that every installation has. */
  public static final String ACCOUNT = "devstoreaccount1";

  /** The key of that account, the same everywhere and printed in the emulator's documentation. */
  public static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private static final String VERSION = "3.35.0";

  private final Path directory;
  private final int port;
  private Process process;

  private AzuriteServer(Path directory) throws IOException {
    this.directory = directory.toAbsolutePath();
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
  }

  /** Starts a server with its data in a folder; fails where there is no npm. */
  public static AzuriteServer start(Path directory) throws IOException, InterruptedException {
    install();
    AzuriteServer server = new AzuriteServer(Files.createDirectories(directory));
    server.restart();
    return server;
  }

  private static Path programs() {
    return Path.of("target", "azurite").toAbsolutePath();
  }

  private static void install() throws IOException, InterruptedException {
    Path programs = Files.createDirectories(programs());
    if (Files.exists(programs.resolve("node_modules/.package-lock.json"))) {
      return;
    }
    Files.writeString(programs.resolve("package.json"), "{\"private\": true}");
    Process npm =
        new ProcessBuilder(
                "npm", "install", "--no-audit", "--no-fund", "--no-save", "azurite@" + VERSION)
            .directory(programs.toFile())
            .redirectErrorStream(true)
            .redirectOutput(programs.resolve("npm.txt").toFile())
            .start();
    if (!npm.waitFor(5, TimeUnit.MINUTES) || npm.exitValue() != 0) {
      npm.destroyForcibly();
      throw new AssertionError("npm install: " + Files.readString(programs.resolve("npm.txt")));
    }
  }

  public int port() {
    return port;
  }

  /** The blob service of the account, as it is reached through a port of 127.0.0.1. */
  public static URI endpoint(int port) {
    return URI.create("http://127.0.0.1:" + port + "/" + ACCOUNT);
  }

  /** Starts again, on the same port and with the same data, what was stopped. */
  public void restart() throws IOException {
    process =
        new ProcessBuilder(
                "node",
                programs().resolve("node_modules/azurite/dist/src/blob/main.js").toString(),
                "--skipApiVersionCheck",
                "--silent",
                "--disableTelemetry",
                "--location",
                directory.toString(),
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("azurite.out").toFile())
            .start();
    Await.until("azurite on port " + port, this::accepts);
  }

  private boolean accepts() throws IOException {
    if (!process.isAlive()) {
      throw new AssertionError(
          "azurite ended: " + Files.readString(directory.resolve("azurite.out")));
    }
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Ends the server; not at once, since it writes down only then which containers it has. */
  public void stop() {
    process.destroy();
    Await.until("the end of azurite", () -> !process.isAlive());
  }

  /** Lets the server hang, or go on: connections stay, answers do not come. */
  public void setSuspended(boolean suspended) {
    Signals.setSuspended(process.toHandle(), suspended);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
