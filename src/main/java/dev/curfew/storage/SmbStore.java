package dev.curfew.storage;

import com.hierynomus.msdtyp.AccessMask;
import com.hierynomus.mssmb2.SMB2CreateDisposition;
import com.hierynomus.mssmb2.SMB2ShareAccess;
import com.hierynomus.smbj.common.SMBRuntimeException;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;

/**
 * Objects as files of a folder of a share, spoken to in SMB 3, signed and on demand encrypted. An
 * object's name is its path in that folder, which is made when missing. How a file comes to be
 * there whole or not at all is told in {@link SmbUpload}. A put and an open stream hold a mebibyte
 * or two of their object in memory, and a connection.
 */
public final class SmbStore implements ObjectStore {
  private final SmbOptions options;
  private final SmbFailures failures;
  private final SmbSessions sessions;

  /** Connects to nothing yet: whether the share can be used is found by {@link #check()}. */
  public SmbStore(SmbOptions options) {
    this.options = options;
    this.failures = new SmbFailures(options);
    this.sessions = new SmbSessions(options);
  }

  @Override
  public void put(String name, Payload content, Watch watch) {
    String path = path(name);
    try {
      upload(path, content, watch);
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, name + " cannot be stored: its content is unreadable", e);
    } catch (SMBRuntimeException e) {
      throw failures.unavailable(name + " cannot be stored", e);
    }
  }

  private void upload(String path, Payload content, Watch watch) throws IOException {
    SmbSession session = sessions.take();
    try {
      new SmbUpload(session, options, path, content, watch).run();
      sessions.giveBack(session);
    } catch (SMBRuntimeException e) {
      sessions.giveBack(session, e);
      throw e;
    } catch (IOException | RuntimeException e) {
      // The content or the watch, not the share.
      sessions.giveBack(session);
      throw e;
    }
  }

  @Override
  public InputStream open(String name, long offset, long length) {
    String path = path(name);
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("offset " + offset + ", length " + length);
    }
    try {
      return download(path, offset, length);
    } catch (SMBRuntimeException e) {
      throw unreadable(name, e);
    }
  }

  private InputStream download(String path, long offset, long length) {
    SmbSession session = sessions.take();
    try {
      SmbFile file = open(session, path);
      long size = file.size();
      if (offset > size) {
        file.close();
        sessions.giveBack(session);
        throw new IllegalArgumentException("offset " + offset + " is behind the end, " + size);
      }
      return new SmbDownload(sessions, session, file, offset, Math.min(length, size - offset));
    } catch (SMBRuntimeException e) {
      sessions.giveBack(session, e);
      throw e;
    }
  }

  @Override
  public long size(String name) {
    String path = path(name);
    try {
      return use(
          session -> {
            try (SmbFile file = open(session, path)) {
              return file.size();
            }
          });
    } catch (SMBRuntimeException e) {
      throw unreadable(name, e);
    }
  }

  private static SmbFile open(SmbSession session, String path) {
    return session.open(
        path,
        EnumSet.of(AccessMask.GENERIC_READ),
        SMB2ShareAccess.ALL,
        SMB2CreateDisposition.FILE_OPEN);
  }

  /** A missing file means "not found" only where the share itself is there. */
  private CurfewException unreadable(String name, SMBRuntimeException failure) {
    if (SmbFailures.isMissing(failure)) {
      try {
        use(this::requireShare);
        return CurfewException.notFound(name);
      } catch (SMBRuntimeException e) {
        return failures.unavailable(name + " cannot be read", e);
      }
    }
    return failures.unavailable(name + " cannot be read", failure);
  }

  @Override
  public List<String> list(String folder) {
    String path = path(folder);
    try {
      return use(
          session -> {
            List<String> names = new ArrayList<>();
            SmbTree.list(session, path, folder + "/", names);
            if (names.isEmpty()) {
              requireShare(session);
            }
            names.sort(Comparator.naturalOrder());
            return List.copyOf(names);
          });
    } catch (SMBRuntimeException e) {
      throw failures.unavailable(folder + " cannot be listed", e);
    }
  }

  @Override
  public void delete(String name) {
    String path = path(name);
    try {
      use(
          session -> {
            SmbTree.removeFile(session, path);
            return requireShare(session);
          });
    } catch (SMBRuntimeException e) {
      throw failures.unavailable(name + " cannot be deleted", e);
    }
  }

  @Override
  public void deleteAll(String folder) {
    String path = path(folder);
    try {
      use(
          session -> {
            SmbTree.remove(session, path);
            return requireShare(session);
          });
    } catch (SMBRuntimeException e) {
      throw failures.unavailable(folder + " cannot be deleted", e);
    }
  }

  /** What is missing may be missing together with the share. */
  private SmbSession requireShare(SmbSession session) {
    if (!session.ask(share -> share.folderExists(""))) {
      throw new SmbFailures.Refusal(
          "the share " + options.share() + " of " + options.server() + " has lost its folder");
    }
    return session;
  }

  /** Something done with a session. */
  private <T> T use(Function<SmbSession, T> work) {
    SmbSession session = sessions.take();
    try {
      T result = work.apply(session);
      sessions.giveBack(session);
      return result;
    } catch (SMBRuntimeException e) {
      sessions.giveBack(session, e);
      throw e;
    }
  }

  @Override
  public String location(String name) {
    return options.location() + "/" + ObjectName.require(name);
  }

  @Override
  public Finding check() {
    Probe probe = Probe.fresh();
    String path = path(probe.name());
    try {
      upload(path, Payload.of(probe.content()), Watch.NONE);
      byte[] back;
      try (InputStream in = download(path, 0, Long.MAX_VALUE)) {
        back = in.readAllBytes();
      } finally {
        use(
            session -> {
              SmbTree.removeFile(session, path);
              return session;
            });
      }
      return probe.judge(options.location(), back, "written, read and deleted from");
    } catch (SMBRuntimeException e) {
      return failures.finding(e);
    } catch (IOException e) {
      return Finding.unreachable(options.location() + " cannot be read: " + e.getMessage());
    }
  }

  private String path(String name) {
    return options.path(ObjectName.require(name));
  }

  @Override
  public void close() {
    sessions.close();
  }
}
