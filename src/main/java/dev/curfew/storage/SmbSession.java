package dev.curfew.storage;

import com.hierynomus.msdtyp.AccessMask;
import com.hierynomus.mssmb2.SMB2CreateDisposition;
import com.hierynomus.mssmb2.SMB2Dialect;
import com.hierynomus.mssmb2.SMB2ShareAccess;
import com.hierynomus.smbj.SMBClient;
import com.hierynomus.smbj.SmbConfig;
import com.hierynomus.smbj.auth.AuthenticationContext;
import com.hierynomus.smbj.auth.NtlmAuthenticator;
import com.hierynomus.smbj.common.SMBRuntimeException;
import com.hierynomus.smbj.connection.Connection;
import com.hierynomus.smbj.session.Session;
import com.hierynomus.smbj.share.DiskShare;
import com.hierynomus.smbj.share.Share;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A connection to the share, logged in, for one user at a time.
 *
 * <p>All dialects are offered, since smbj places what belongs to 3.1.1 wrongly behind some
 * selections of them, and those before 3.0 refused afterwards: they cannot encrypt, and sign with
 * what is no longer held to be safe. Signing is required, guests are refused, and where encryption
 * is asked for a server that cannot do it is as well.
 *
 * <p>A request that the server does not answer in time, or does not even take, breaks the
 * connection.
 */
final class SmbSession implements AutoCloseable {
  /** How much is sent or asked for with a request, in bytes. */
  static final int PIECE = 1 << 20;

  private final SmbOptions options;
  private final ScheduledExecutorService limits;
  private final SmbSockets sockets;
  private final SMBClient client;
  private final Connection connection;
  private final DiskShare share;

  private SmbSession(SmbOptions options, ScheduledExecutorService limits) {
    this.options = options;
    this.limits = limits;
    this.sockets = new SmbSockets(options.timeout());
    this.client = new SMBClient(config());
    try {
      this.connection = limited(this::connect);
      this.share = limited(this::logIn);
    } catch (SMBRuntimeException e) {
      sockets.close();
      throw e;
    }
  }

  /**
   * Connects and logs in.
   *
   * @param limits cuts connections that hang
   * @throws SMBRuntimeException that {@link SmbFailures} understands
   */
  static SmbSession open(SmbOptions options, ScheduledExecutorService limits) {
    return new SmbSession(options, limits);
  }

  private SmbConfig config() {
    return SmbConfig.builder()
        .withDialects(
            SMB2Dialect.SMB_3_1_1,
            SMB2Dialect.SMB_3_0_2,
            SMB2Dialect.SMB_3_0,
            SMB2Dialect.SMB_2_1,
            SMB2Dialect.SMB_2_0_2)
        .withSigningRequired(true)
        .withEncryptData(options.encrypt())
        .withAuthenticators(List.of(new NtlmAuthenticator.Factory()))
        .withSecurityProvider(new SmbCiphers())
        .withSocketFactory(sockets)
        .withBufferSize(PIECE)
        .withTimeout(options.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .build();
  }

  private Connection connect() {
    try {
      return client.connect(options.host(), options.port());
    } catch (IOException e) {
      throw new SMBRuntimeException(e);
    }
  }

  private DiskShare logIn() {
    SMB2Dialect dialect = connection.getNegotiatedProtocol().getDialect();
    if (!dialect.isSmb3x()) {
      throw new SmbFailures.Refusal(
          options.server() + " speaks no SMB 3; enable it there, or use another server");
    }
    Session session =
        connection.authenticate(
            new AuthenticationContext(
                options.user(), options.password().reveal().toCharArray(), options.domain()));
    if (session.isGuest() || session.isAnonymous()) {
      throw new SmbFailures.Refusal(
          options.server() + " takes " + options.user() + " for a guest; check user and domain");
    }
    requireProtection(session);
    Share found = session.connectShare(options.share());
    if (found instanceof DiskShare disk) {
      return disk;
    }
    throw new SmbFailures.Refusal(options.share() + " is no share of files; check its name");
  }

  private void requireProtection(Session session) {
    boolean encrypted;
    try {
      encrypted = session.shouldEncryptData();
    } catch (IOException e) {
      throw new SMBRuntimeException(e);
    }
    if (options.encrypt() && !encrypted) {
      throw new SmbFailures.Refusal(
          options.server() + " does not encrypt; enable encryption there, or do without it here");
    }
    if (!encrypted && !session.isSigningRequired()) {
      throw new SmbFailures.Refusal(options.server() + " does not sign; enable signing there");
    }
  }

  /**
   * A request to the share, or a few.
   *
   * @throws SMBRuntimeException that {@link SmbFailures} understands
   */
  <T> T ask(Function<DiskShare, T> request) {
    return limited(() -> request.apply(share));
  }

  /** Opens a file. */
  SmbFile open(
      String path,
      Set<AccessMask> access,
      Set<SMB2ShareAccess> others,
      SMB2CreateDisposition disposition) {
    return new SmbFile(
        this, ask(disk -> disk.openFile(path, access, null, others, disposition, null)));
  }

  /** Makes what is missing of a folder, and its name durable. */
  void createFolders(String path) {
    if (path.isEmpty() || ask(disk -> disk.folderExists(path))) {
      return;
    }
    String parent = SmbPaths.parent(path);
    createFolders(parent);
    try {
      ask(
          disk -> {
            disk.mkdir(path);
            return path;
          });
    } catch (SMBRuntimeException e) {
      if (!SmbFailures.exists(e)) {
        throw e;
      }
    }
    flushFolder(parent);
  }

  /** Makes the names in a folder durable, at servers that do not do so by themselves. */
  void flushFolder(String path) {
    try {
      ask(
          disk -> {
            try (var folder =
                disk.openDirectory(
                    path,
                    EnumSet.of(AccessMask.FILE_ADD_FILE, AccessMask.FILE_ADD_SUBDIRECTORY),
                    null,
                    SMB2ShareAccess.ALL,
                    SMB2CreateDisposition.FILE_OPEN,
                    null)) {
              folder.flush();
            }
            return path;
          });
    } catch (SMBRuntimeException e) {
      if (!SmbFailures.isNotDoneHere(e)) {
        throw e;
      }
    }
  }

  boolean isConnected() {
    return connection.isConnected();
  }

  /** Does what smbj's own time limits do not cover: a server that takes no more bytes. */
  private <T> T limited(Supplier<T> work) {
    Future<?> limit =
        limits.schedule(sockets::close, options.timeout().toMillis(), TimeUnit.MILLISECONDS);
    try {
      return work.get();
    } catch (SMBRuntimeException e) {
      throw e;
    } catch (RuntimeException e) {
      // What smbj does not expect of a server, or of a connection that ends under its hands.
      throw new SMBRuntimeException(e);
    } finally {
      limit.cancel(false);
    }
  }

  /** Not to be called during a request. */
  @Override
  public void close() {
    try {
      connection.close(true);
    } catch (IOException e) {
      return; // closed is closed
    } finally {
      sockets.close();
    }
  }
}
